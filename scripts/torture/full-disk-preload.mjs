/**
 * @module
 * A preload (`node --import`) under which the disk is full from a write on, which TORTURE_WRITES counts from 1.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const first = Number(process.env["TORTURE_WRITES"]);
let writes = 0;

for (const name of /** @type {const} */ ([
  "writeSync",
  "writeFileSync",
  "appendFileSync",
  "copyFileSync",
  "mkdirSync",
])) {
  const original = /** @type {(...words: unknown[]) => unknown} */ (fs[name]);
  /** @type {any} */ (fs)[name] = (/** @type {unknown[]} */ ...words) => {
    // Standard output and error are no files of the disk.
    if (name === "writeSync" && Number(words[0]) <= 2) return original(...words);
    if (++writes >= first) {
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    }
    return original(...words);
  };
}
syncBuiltinESMExports();
