/**
 * @module
 * A file of a checkpoint with a line of JSON for each value, every number bitwise identical.
 */
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { RunError } from "../../errors/index.ts";
import { packed, unpacked } from "./packed-arrays.ts";

function* linesOf(values: Iterable<object>): Generator<string> {
  for (const value of values) yield `${JSON.stringify(value, packed)}\n`;
}

/** Writes values, one a line. */
export async function writeLines(path: string, values: Iterable<object>): Promise<void> {
  await pipeline(Readable.from(linesOf(values)), createWriteStream(path));
}

/**
 * The values of a file in order; none if there is no file.
 *
 * @throws RunError when a line is invalid
 */
export async function* readLines<T extends object>(path: string): AsyncGenerator<T> {
  if (!existsSync(path)) return;
  let number = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number++;
    let value: T;
    try {
      value = JSON.parse(text, unpacked) as T;
    } catch (cause) {
      throw new RunError(`${path}: line ${number} is invalid`, { cause });
    }
    yield value;
  }
}
