/**
 * @module
 * How far a metrics.jsonl goes, from its last line alone: a list of many runs reads no file whole.
 */
import { type FileHandle, open } from "node:fs/promises";
import { numberOf, parseObject } from "./json-fields.ts";

const NEWLINE = 0x0a;
/** Bytes before the end of the file that are read, more where they have no line that can be read. */
const TAILS = [16 << 10, 256 << 10, 4 << 20] as const;

/** The end of a file of metrics. */
export interface Progress {
  /** The newest iteration or step; 0 without any. */
  readonly reached: number;
  /** Bytes of whole lines: more whenever there is a new one, even of the same iteration. */
  readonly metricsBytes: number;
}

/** Of a run without metrics. */
export const NO_PROGRESS: Progress = { reached: 0, metricsBytes: 0 };

/** The iteration that a line of metrics records; null if it records none. */
function iterationOf(line: string): number | null {
  const record = parseObject(line);
  return typeof record?.["event"] === "string" ? numberOf(record["iteration"]) : null;
}

async function endOf(file: FileHandle, size: number): Promise<Progress> {
  let end = NO_PROGRESS;
  for (const tail of TAILS) {
    const from = Math.max(0, size - tail);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const last = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (last >= 0) {
      const lines = buffer.toString("utf8", 0, last).split("\n");
      // The first line may have begun before.
      const whole = from === 0 ? lines : lines.slice(1);
      const found = whole.findLast((line) => iterationOf(line) !== null);
      end = { reached: iterationOf(found ?? "") ?? 0, metricsBytes: from + last + 1 };
      if (found !== undefined) break;
    }
    if (from === 0) break;
  }
  return end;
}

/** The end of a growing file, read again only where the file has changed. */
export class MetricsEnd {
  #state = "";
  #end = NO_PROGRESS;

  async read(path: string): Promise<Progress> {
    const file = await open(path, "r");
    try {
      const { dev, ino, size, mtimeMs } = await file.stat();
      const state = `${dev} ${ino} ${size} ${mtimeMs}`;
      if (state === this.#state) return this.#end;
      const end = await endOf(file, size);
      [this.#state, this.#end] = [state, end];
      return end;
    } finally {
      await file.close();
    }
  }
}
