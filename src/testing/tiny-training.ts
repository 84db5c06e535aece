/**
 * @module
 * The tiny run taken apart: what an iteration works with, so that a test can run one by itself.
 */
import { creditMethod } from "../credit/index.ts";
import type { ProblemSource } from "../data/index.ts";
import type { Engine } from "../engine/index.ts";
import { Rng } from "../math/index.ts";
import { type Config, openTask, trainingSource } from "../train/index.ts";
import { openDialogue } from "../train/open-model.ts";
import { problemOrder } from "../train/problem-order.ts";
import type { Progress, Training } from "../train/training.ts";
import { openVerifier } from "../train/verifier.ts";
import { steadyClock, tinyConfig, tinyFileConfig } from "./tiny-run.ts";

/** A training at its start, on this engine and these problems. */
function trainingOn(engine: Engine, config: Config, source: ProblemSource) {
  const training: Training = {
    config,
    engine,
    dialogue: openDialogue(config),
    source,
    order: problemOrder(source, config.train.seed),
    verify: openVerifier(config),
    credit: creditMethod(config.credit),
    clock: steadyClock(),
  };
  const totals = { completions: 0, tokens: 0, steps: 0, skippedSteps: 0 };
  const rows = { drawn: 0, broken: 0, filtered: 0 };
  const progress: Progress = { dataPosition: 0, rng: new Rng(1), rows, totals };
  return { training, progress };
}

/** A training at its start, on this engine and with more flags on top. */
export function tinyTraining(
  engine: Engine,
  ...flags: readonly string[]
): { readonly training: Training; readonly progress: Progress } {
  const config = tinyConfig(...flags);
  const { train } = openTask(config);
  if (typeof train === "function") throw new Error("expected a task whose problems are open");
  return trainingOn(engine, config, train);
}

/** The same on a data set in files. */
export async function tinyFileTraining(
  engine: Engine,
  path: string,
  ...flags: readonly string[]
): Promise<{ readonly training: Training; readonly progress: Progress }> {
  const config = tinyFileConfig(path, ...flags);
  return trainingOn(engine, config, await trainingSource(config));
}
