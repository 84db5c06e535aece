/**
 * Writes docs/cli.md from the program; after `npm run build`.
 *
 *     npm run cli-page
 */
import { writeFileSync } from "node:fs";
import { commandLinePage } from "#reference-page";

const context = { stdout: () => undefined, stderr: () => undefined };
writeFileSync(new URL("../docs/cli.md", import.meta.url), await commandLinePage(context));
