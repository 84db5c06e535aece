/**
 * @module
 * Reads files of which some bytes were changed. After any change, a reader may only return problems or throw
 * `DataError`; it must end soon and keep its memory bounded.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { filesSchema, openFileSource } from "../data/index.ts";
import { DataError } from "../errors/index.ts";
import { Rng } from "../math/index.ts";

/** Bytes that mean something to some format. */
const TELLING = [
  0x00, 0x01, 0x09, 0x0a, 0x0d, 0x22, 0x2c, 0x2e, 0x2f, 0x3d, 0x5b, 0x5c, 0x7b, 0x7f, 0x80, 0xff,
];

/** A copy with a few changes of one of eight sorts. */
function mutated(bytes: Uint8Array, rng: Rng): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = () => rng.integer(Math.max(1, bytes.length));
  const span = () => {
    const start = at();
    return [start, Math.min(bytes.length, start + 1 + rng.integer(16))] as const;
  };
  switch (rng.integer(8)) {
    case 0:
      for (let i = 0; i <= rng.integer(8); i++) copy[at()]! ^= 1 << rng.integer(8);
      return copy;
    case 1:
      for (let i = 0; i <= rng.integer(8); i++) copy[at()] = rng.integer(256);
      return copy;
    case 2:
      for (let i = 0; i <= rng.integer(4); i++) copy[at()] = rng.pick(TELLING);
      return copy;
    case 3:
      return copy.subarray(0, at());
    case 4:
      copy.fill(rng.pick([0x00, 0xff, 0x80]), ...span());
      return copy;
    case 5: {
      const [start, end] = span();
      return Uint8Array.from([...bytes.subarray(0, start), ...bytes.subarray(end)]);
    }
    case 6: {
      const place = at();
      const [start, end] = span();
      return Uint8Array.from([
        ...bytes.subarray(0, place),
        ...bytes.subarray(start, end),
        ...bytes.subarray(place),
      ]);
    }
    default: {
      // The end of a file is where parquet keeps what all else hangs on.
      const tail = Math.min(bytes.length, 400);
      for (let i = 0; i <= rng.integer(4); i++) copy[bytes.length - 1 - rng.integer(tail)] = rng.integer(256);
      return copy;
    }
  }
}

/** The outcome for all files. */
export interface FuzzReport {
  readonly files: number;
  /** Files that were refused as a whole. */
  readonly refused: number;
  readonly problems: number;
  readonly brokenRows: number;
  /** Of the slowest file. */
  readonly slowestMs: number;
  /** Errors of other kinds, with the number of the file that caused them. */
  readonly wrong: readonly string[];
}

/** Rows that are asked for; a broken file may promise millions. */
const ROWS = 8;

/**
 * Reads `count` changed copies of a data file, each written beside it under another name.
 *
 * @param path a file as `openFileSource` takes it; or, with `table`, an archive of the images that this file names
 */
export async function fuzzFile(
  path: string,
  count: number,
  seed: string,
  table?: string,
): Promise<FuzzReport> {
  const bytes = new Uint8Array(readFileSync(path));
  const copy = join(dirname(path), `changed-${basename(path)}`);
  const options = filesSchema.parse(table === undefined ? { path: copy } : { path: table, images: copy });
  const report = { files: 0, refused: 0, problems: 0, brokenRows: 0, slowestMs: 0, wrong: [] as string[] };
  for (let i = 0; i < count; i++) {
    writeFileSync(copy, mutated(bytes, new Rng(`${seed}/${i}`)));
    const start = performance.now();
    const note = (error: unknown) => {
      if (!(error instanceof DataError)) report.wrong.push(`file ${i}: ${String(error)}`);
      else if (![copy, table ?? copy].every((file) => error.message.includes(file)))
        report.wrong.push(`file ${i} is not named: ${error.message}`);
    };
    try {
      const source = await openFileSource(options, "train");
      for (let row = 0; row < Math.min(source.size, ROWS); row++) {
        try {
          await source.problem(row);
          report.problems += 1;
        } catch (error) {
          report.brokenRows += 1;
          note(error);
        }
      }
    } catch (error) {
      report.refused += 1;
      note(error);
    }
    report.files += 1;
    report.slowestMs = Math.max(report.slowestMs, performance.now() - start);
  }
  return report;
}
