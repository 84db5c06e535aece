/**
 * @module
 * Hashes of user modules, for the record of a run: of the file and of every file that it imports by a relative path.
 */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ConfigError } from "../../errors/index.ts";

const RELATIVE = /(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;
const ENDINGS = ["", ".ts", ".js", ".mts", ".mjs", ".json", "/index.ts", "/index.js"];
/** TypeScript's sources of the files that it is imported by. */
const SOURCES: readonly (readonly [RegExp, string])[] = [
  [/\.js$/, ".ts"],
  [/\.mjs$/, ".mts"],
  [/\.cjs$/, ".cts"],
];

/** The file that an import means; undefined for a folder or none. */
function importedFile(base: string): string | undefined {
  const sources = SOURCES.filter(([end]) => end.test(base)).map(([end, source]) => base.replace(end, source));
  return [...ENDINGS.map((ending) => base + ending), ...sources].find(
    (candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile() === true,
  );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError(`module ${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function filesOf(path: string, found: Map<string, string>): void {
  if (found.has(path)) return;
  const text = textOf(path);
  found.set(path, text);
  for (const [, specifier = ""] of text.matchAll(RELATIVE)) {
    const base = resolve(dirname(path), specifier);
    const file = importedFile(base);
    if (file !== undefined && /\.(?:[mc]?[jt]s|json)$/.test(file)) filesOf(file, found);
  }
}

/**
 * SHA-256 of a module and of the files that it imports by relative paths, as hexadecimal digits.
 *
 * @throws ConfigError naming a file that cannot be read
 */
export function moduleHash(module: string): string {
  const found = new Map<string, string>();
  filesOf(resolve(module), found);
  const hash = createHash("sha256");
  for (const text of found.values()) hash.update(`${text.length}:`).update(text);
  return hash.digest("hex");
}
