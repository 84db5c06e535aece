/**
 * @module
 * The run directory as an observer: it records metrics and rollouts and keeps checkpoints and the final model.
 */
import { join } from "node:path";
import type { Engine } from "../../engine/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { ProcessFile } from "../../files/index.ts";
import { shownValue } from "../../parts/index.ts";
import type { RunEvent } from "../loop/events.ts";
import type { CheckpointStore, Observer, RunDescription } from "../loop/observer.ts";
import {
  clearUnfinished,
  latestCheckpoint,
  removeDirectory,
  replaceDirectory,
  saveCheckpoint,
} from "./checkpoint.ts";
import { describeEnvironment } from "./environment.ts";
import { type ResumeRules, RunDirectory } from "./run-directory.ts";

/** Directory of the final model within a run directory. */
export const FINAL_MODEL = "model";
/** The file in the run directory that names the run's process; missing before the start of a run and after its end. */
export const PROCESS_FILE = "process.json";

export interface RecorderOptions extends ResumeRules {
  /**
   * Resume the run in the directory from its newest checkpoint: `true` requires a run there, `"if-begun"` starts a new
   * one if there is none.
   */
  readonly resume?: boolean | "if-begun";
  /** Further facts for environment.json, such as the arrangement of the engine. */
  readonly environment?: Readonly<Record<string, unknown>>;
}

/** An observer that records a run in a directory. */
export interface Recorder extends Observer {
  readonly path: string;
  readonly checkpoints: CheckpointStore;
}

/**
 * Records a run in a free directory, or resumes the run in it. The directory is described in docs/run-directory.md.
 *
 * @throws ConfigError without a path; at the start of the run, when the directory holds something else
 * @throws RunError, at the start of the run, when it cannot be written, holds a different run, or another process
 *   writes it
 */
export function runDirectory(path: string, options: RecorderOptions = {}): Recorder {
  if (typeof path !== "string" || path === "") {
    throw new ConfigError(`runDirectory: expected a path, got ${shownValue(path)}`);
  }
  const { resume = false, environment = {} } = options;
  let directory: RunDirectory | undefined;
  let recorded = 0;
  let holder: ProcessFile | undefined;
  const opened = (): RunDirectory => {
    directory ??= RunDirectory.open(path);
    return directory;
  };
  /** Work on the directory that this process holds from now on, unless the work fails. */
  const held = (work: () => void) => {
    const own = new ProcessFile(join(path, PROCESS_FILE), `run directory ${path}`);
    try {
      work();
    } catch (error) {
      own.end();
      throw error;
    }
    holder = own;
  };
  return {
    name: `run directory ${path}`,
    path,
    start(run: RunDescription) {
      const now = { ...describeEnvironment(), ...environment };
      const isResumed = resume === true || (resume === "if-begun" && RunDirectory.exists(path));
      if (!isResumed) {
        RunDirectory.makeFree(path);
        // Before anything is written: another process may have begun here at the same moment.
        held(() => {
          directory = RunDirectory.create(path, run, now);
        });
        return;
      }
      const own = RunDirectory.open(path);
      held(() => {
        clearUnfinished(path);
        recorded = latestCheckpoint(path)?.trainer.completed ?? 0;
        own.requireSteps(run, recorded);
        own.acceptResume(run, options);
        own.forgetEnd();
        // The model of a run that continues is not its newest.
        if (recorded < run.steps) removeDirectory(own.at(FINAL_MODEL));
        own.noteResume(now, recorded);
      });
      directory = own;
    },
    async event(event: RunEvent) {
      if ("iteration" in event) {
        recorded = event.iteration;
        await opened().appendMetrics(event);
      } else if (event.event === "observer-failed" || event.event === "warning") {
        // With the preceding iteration, so that a rollback deletes it like the other records.
        await opened().appendMetrics({ ...event, iteration: recorded });
      }
    },
    rollouts(iteration, lines) {
      opened().writeRollouts(iteration, lines);
    },
    finish(end) {
      holder?.end();
      opened().noteEnd(end);
    },
    fail(error) {
      holder?.end();
      const { code = "unexpected", message } = error as { code?: string; message: string };
      opened().noteEnd({ status: "failed", code, message });
    },
    checkpoints: {
      latest: () => latestCheckpoint(path),
      save: (engine, trainer, keep, writeMore) => saveCheckpoint(path, engine, trainer, keep, writeMore),
      async rollBack(completed, isMeasured) {
        await opened().truncateAfter(completed, isMeasured);
      },
      async saveModel(engine: Engine) {
        const model = opened().at(FINAL_MODEL);
        await replaceDirectory(model, (fresh) => engine.save(fresh, { optimizer: false }));
        return model;
      },
    },
  };
}
