/**
 * Prints the first JavaScript example of the README, so that it can be run.
 *
 *     node .ci/readme-example.mjs
 */
import { readFileSync } from "node:fs";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const code = /```(?:js|ts)\n([\s\S]*?)```/.exec(readme)?.[1];
if (code === undefined) throw new Error("README.md: expected a js or ts example");
process.stdout.write(code);
