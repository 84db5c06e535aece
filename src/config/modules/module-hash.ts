/**
 * @module
 * Hashes of user modules, for the record of a run: of the file and of every file that it imports by a relative path.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

const RELATIVE = /(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;
const ENDINGS = ["", ".ts", ".js", ".mts", ".mjs", ".json", "/index.ts", "/index.js"];

function filesOf(path: string, found: Map<string, string>): void {
  if (found.has(path)) return;
  const text = readFileSync(path, "utf8");
  found.set(path, text);
  for (const [, specifier = ""] of text.matchAll(RELATIVE)) {
    const base = resolve(dirname(path), specifier);
    const file = ENDINGS.map((ending) => base + ending).find((candidate) => existsSync(candidate));
    if (file !== undefined && /\.(?:[mc]?[jt]s|json)$/.test(file)) filesOf(file, found);
  }
}

/** SHA-256 of a module and of the files that it imports by relative paths, as hexadecimal digits. */
export function moduleHash(module: string): string {
  const found = new Map<string, string>();
  filesOf(resolve(module), found);
  const hash = createHash("sha256");
  for (const text of found.values()) hash.update(`${text.length}:`).update(text);
  return hash.digest("hex");
}
