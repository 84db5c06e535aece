/**
 * @module
 * TensorBoard as an observer: the numbers of a run in an event file that grows while it runs.
 */
import { appendFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "../../errors/index.ts";
import { dottedValues } from "../../parts/index.ts";
import type { RunEvent } from "../loop/events.ts";
import type { Observer, RunDescription } from "../loop/observer.ts";
import { type Moment, restartRecord, scalarsRecord, textRecord, versionRecord } from "./event-record.ts";
import { tagsOf } from "./tags.ts";

/** The start of the names of event files. */
const EVENT_FILE = "events.out.tfevents.";

/** Runs of a `tensorboard` directory in one process must not share a file. */
let opened = 0;

/**
 * Writes the numbers of each iteration and evaluation as scalars into a TensorBoard event file as they come, and the
 * configuration as a text. Tags are the same as of `fovea export --tensorboard`. A resumed run adds a file to the same
 * directory, in which TensorBoard reads it as the continuation.
 *
 * Cannot stop a run: where the file cannot be written, the run continues and records `observer-failed`.
 *
 * @param directory of the event files, made if it does not exist; TensorBoard shows its name as the run's
 *
 * @example
 * train({ …, observers: [runDirectory("runs/a"), tensorboard("runs/a/tensorboard")] }); // tensorboard --logdir runs
 */
export function tensorboard(directory: string): Observer {
  let path = "";
  let last = Number.NEGATIVE_INFINITY;
  let continues = false;
  const write = (...records: readonly Uint8Array[]) => {
    try {
      appendFileSync(path, Buffer.concat(records));
    } catch (error) {
      throw new RunError(`${path}: cannot be written: ${(error as Error).message}`, { cause: error });
    }
  };
  return {
    name: "tensorboard",
    start(run: RunDescription) {
      const wallTime = Date.now() / 1000;
      try {
        mkdirSync(directory, { recursive: true });
        continues = readdirSync(directory).some((file) => file.startsWith(EVENT_FILE));
      } catch (error) {
        throw new RunError(`${directory}: cannot be made: ${(error as Error).message}`, { cause: error });
      }
      path = join(directory, `${EVENT_FILE}${Math.floor(wallTime)}.${process.pid}.${opened++}.fovea`);
      write(versionRecord(wallTime), textRecord({ wallTime, step: 0 }, "config", configText(run.config)));
    },
    event(event: RunEvent) {
      if (!("iteration" in event)) return;
      const moment: Moment = { wallTime: Date.now() / 1000, step: event.iteration };
      if (event.event === "iteration") {
        if (continues || event.iteration <= last) write(restartRecord(moment));
        continues = false;
        last = event.iteration;
      }
      write(scalarsRecord(moment, tagsOf(event)));
    },
  };
}

/** Settings as a Markdown table, by their dotted keys. */
export function configText(config: object): string {
  const rows = dottedValues(config).map(
    ([key, value]) => `| ${key} | \`${(JSON.stringify(value) ?? "").replaceAll("|", "\\|")}\` |`,
  );
  return ["| key | value |", "|---|---|", ...rows].join("\n");
}
