/**
 * @module
 * The built page, read once: only these names can be asked for.
 */
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { RunError } from "../../errors/index.ts";
import { packageFile } from "../../package/index.ts";
import type { Reply } from "./http-reply.ts";

/** The directory of the build of `viewer/`. */
export const PAGE_DIRECTORY: string = fileURLToPath(packageFile("dist/viewer/"));

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};
/** Files that the build has compressed are asked for without this. */
const COMPRESSED = ".br";
const A_YEAR = 31_536_000;

/**
 * Every file of the page by its path.
 *
 * @throws RunError when the page has not been built
 */
export function pageFiles(directory: string = PAGE_DIRECTORY): ReadonlyMap<string, Reply> {
  let names: string[];
  try {
    names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  } catch (error) {
    throw new RunError(`${directory}: the page has not been built; npm run build builds it`, {
      cause: error,
    });
  }
  const files = new Map<string, Reply>();
  for (const name of names) {
    const isCompressed = extname(name) === COMPRESSED;
    const asked = isCompressed ? name.slice(0, -COMPRESSED.length) : name;
    const type = TYPES[extname(asked)];
    if (type === undefined) continue;
    // Names under assets/ carry a hash of their content.
    const kept = name.startsWith("assets") ? { maxAge: A_YEAR } : {};
    files.set(`/${asked.replaceAll("\\", "/")}`, {
      status: 200,
      type,
      body: readFileSync(join(directory, name)),
      ...kept,
      ...(isCompressed ? { encoding: "br" } : {}),
    });
  }
  const index = files.get("/index.html");
  if (index === undefined)
    throw new RunError(`${directory}: has no index.html; npm run build builds the page`);
  return files.set("/", index);
}
