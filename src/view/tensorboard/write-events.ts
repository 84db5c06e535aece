/**
 * @module
 * A run's metrics as an event file that TensorBoard opens.
 */

import { mkdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { RunError } from "../../errors/index.ts";
import {
  type Moment,
  scalarsRecord,
  textRecord,
  versionRecord,
} from "../../train/tensorboard/event-record.ts";
import { tagsOf } from "../../train/tensorboard/tags.ts";
import { configText } from "../../train/tensorboard/tensorboard.ts";
import { runAt } from "../run-at.ts";
import { containedPath } from "../runs/contained-path.ts";
import { numberOf, numbersOf, parseObject } from "../runs/json-fields.ts";
import { readLines } from "../runs/line-reader.ts";

const PIECE = { maxBytes: 8 << 20, maxLineBytes: 1 << 20 };

/** The written files. */
export interface WrittenEvents {
  readonly path: string;
  /** Records of metrics.jsonl. */
  readonly records: number;
  /** Lines that could not be read. */
  readonly unreadable: number;
}

/**
 * Writes one event file, over one of the same run that was written before.
 *
 * @param target directory of the file, made if need be
 * @throws RunError when the run cannot be read or the file not be written
 */
export async function writeEvents(runDirectory: string, target: string): Promise<WrittenEvents> {
  const run = runAt(runDirectory);
  const { config } = await run.record();
  const { startedAt } = await run.summary();
  const begin = (startedAt === null ? 0 : Date.parse(startedAt)) / 1000 || 0;
  const path = join(target, `events.out.tfevents.${Math.floor(begin)}.fovea`);
  try {
    mkdirSync(target, { recursive: true });
    const out = await open(path, "w");
    try {
      const write = async (bytes: Uint8Array): Promise<void> => void (await out.write(bytes));
      await write(versionRecord(begin));
      await write(textRecord({ wallTime: begin, step: 0 }, "config", configText(config)));
      return { path, ...(await writeMetrics(runDirectory, begin, write)) };
    } finally {
      await out.close();
    }
  } catch (error) {
    if (error instanceof RunError) throw error;
    throw new RunError(`${path}: cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

async function writeMetrics(
  runDirectory: string,
  begin: number,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<{ records: number; unreadable: number }> {
  const metrics = await containedPath(runDirectory, "metrics.jsonl");
  const counts = { records: 0, unreadable: 0 };
  let seconds = 0;
  for (let from = 0, isEnd = metrics === undefined; !isEnd; ) {
    const pending: Uint8Array[] = [];
    const end = await readLines(metrics ?? "", from, PIECE, ({ text }) => {
      if (text === "") return true;
      const record = text === undefined ? undefined : parseObject(text);
      const step = numberOf(record?.["iteration"]);
      if (record === undefined || step === null) {
        counts.unreadable += 1;
        return true;
      }
      seconds += numbersOf(record["timing"])["totalSeconds"] ?? 0;
      const moment: Moment = { wallTime: begin + seconds, step };
      pending.push(scalarsRecord(moment, tagsOf(record)));
      counts.records += 1;
      return true;
    });
    for (const bytes of pending) await write(bytes);
    isEnd = end.isEnd || end.next === from;
    from = end.next;
  }
  return counts;
}
