/**
 * @module
 * Whether a run still continues: by its own record of its end, else by its heartbeat file, else by the time of its
 * newest file.
 */
import { readFile, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { isRunning } from "../../files/index.ts";
import { PROCESS_FILE } from "../../train/index.ts";
import type { RunStop } from "../protocol.ts";
import { containedPath } from "./contained-path.ts";
import { numberOf, parseObject, textOf } from "./json-fields.ts";

const MAX_BYTES = 1 << 20;
const SECOND = 1000;
/** Renewals of process.json that may be missing while its process runs; the process may be busy or the disk slow. */
const MISSED_RENEWALS = 12;
/** Without process.json, which earlier releases did not write: minutes without any write. */
const SILENT_MINUTES = 30;
/** Files and folders that a run writes while it continues. */
const WRITTEN = ["config.json", "environment.json", "metrics.jsonl", "rollouts", "checkpoints", "warm-start"];

const timeText = (ms: number) => `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;

async function timeOf(path: string, name: string): Promise<number | undefined> {
  const file = await containedPath(path, name);
  return file === undefined ? undefined : (await stat(file)).mtimeMs;
}

async function objectIn(path: string, name: string) {
  const file = await containedPath(path, name);
  if (file === undefined || (await stat(file)).size > MAX_BYTES) return undefined;
  return parseObject(await readFile(file, "utf8"));
}

/** The content of end.json. */
export interface RecordedEnd {
  readonly status: string;
  readonly message: string | null;
}

/** The end that a run recorded; undefined if there is no end.json. */
export async function recordedEnd(path: string): Promise<RecordedEnd | undefined> {
  const end = await objectIn(path, "end.json");
  if (end === undefined) return undefined;
  return {
    status: textOf(end["status"]),
    message: typeof end["message"] === "string" ? end["message"] : null,
  };
}

/** A stop without a record: the process was killed, or its machine is off. */
async function unrecordedStop(path: string, now: number): Promise<RunStop | null> {
  const stopped = (message: string): RunStop => ({ status: "stopped", message });
  const renewed = await timeOf(path, PROCESS_FILE);
  const found = renewed === undefined ? undefined : await objectIn(path, PROCESS_FILE);
  if (renewed === undefined || found === undefined) {
    const times = await Promise.all(WRITTEN.map((name) => timeOf(path, name)));
    const newest = Math.max(...times.map((time) => time ?? 0));
    if (now - newest < SILENT_MINUTES * 60 * SECOND) return null;
    return stopped(`nothing was written after ${timeText(newest)}`);
  }
  const pid = numberOf(found["pid"]);
  const host = textOf(found["host"], "an unknown machine");
  const every = (numberOf(found["everySeconds"]) ?? 10) * SECOND;
  const silence = now - renewed;
  // A process in another container of this machine has a number of its own, so a recent renewal counts more.
  if (pid !== null && host === hostname() && silence > 1.5 * every && !isRunning(pid))
    return stopped(`its process ${pid} was killed at about ${timeText(renewed)}`);
  if (silence <= MISSED_RENEWALS * every) return null;
  return stopped(`no sign of life from its process ${pid ?? "?"} on ${host} after ${timeText(renewed)}`);
}

/**
 * How a run stopped before its last iteration; null while it continues, as far as is known, and when it has finished.
 *
 * @param path the run directory
 * @param end its recorded end
 * @param now milliseconds since 1970
 */
export async function runStop(
  path: string,
  {
    end,
    isFinished,
    now,
  }: { readonly end: RecordedEnd | undefined; readonly isFinished: boolean; readonly now: number },
): Promise<RunStop | null> {
  if (end?.status === "failed" || end?.status === "interrupted") return { ...end, status: end.status };
  return end !== undefined || isFinished ? null : unrecordedStop(path, now);
}
