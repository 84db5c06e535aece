/**
 * @module
 * The tiny run taken apart: the parts that an iteration works with, so that a test can run one by itself.
 */
import type { Config } from "../config/index.ts";
import { createRewards } from "../config/open/create-rewards.ts";
import { maxBrokenShare, problemLimits } from "../config/open/open-task.ts";
import { createTask } from "../config/tasks.ts";
import { creditMethod } from "../credit/index.ts";
import { openFileSource, type ProblemSource, type TokenLabels } from "../data/index.ts";
import type { Engine } from "../engine/index.ts";
import { SMALL_ASSETS } from "../engine/small-model.ts";
import { answerFormats, type Dialogue, openDialogue } from "../eval/index.ts";
import { Rng } from "../math/index.ts";
import { createAlgorithm } from "../objective/index.ts";
import type { Reward } from "../reward/index.ts";
import { problemOrder } from "../train/batch/problem-order.ts";
import { separated } from "../train/batch/separate-rewards.ts";
import type { Progress, Training } from "../train/iteration/training.ts";
import { plannedIterations } from "../train/schedule/schedule-schema.ts";
import { createVerdict, type VerdictConfig } from "../verify/index.ts";
import { steadyClock, tinyConfig, tinyFileConfig } from "./tiny-run.ts";

const dialogues = new Map<string, Dialogue>();

/** The small model's dialogue in an answer format, opened once: it keeps no state. */
function dialogueIn(format: keyof typeof answerFormats): Dialogue {
  const dialogue = dialogues.get(format) ?? openDialogue(SMALL_ASSETS, answerFormats[format]);
  dialogues.set(format, dialogue);
  return dialogue;
}

/** A training at its start, on this engine and these problems. */
function trainingOn(engine: Engine, config: Config, source: ProblemSource, labels?: TokenLabels) {
  const { credit, creditAgreement, algorithm, sampling, train, prompt } = config;
  if (credit.kind === "module" || algorithm.kind === "module") throw new Error("expected built-in parts");
  const { seed, ...schedule } = train;
  const verdict = createVerdict(config.verdict as VerdictConfig);
  const { maxCompletionTokens } = sampling;
  const { rewards, temporal } = createRewards(config, { verdict, maxCompletionTokens });
  const training: Training = {
    engine,
    dialogue: dialogueIn(prompt.format),
    source,
    order: problemOrder(source, seed),
    verdict,
    rewards: separated(rewards as readonly Reward[], schedule.separate),
    temporal,
    credit: creditMethod(credit),
    agreement: creditAgreement && {
      ...creditAgreement,
      methods: creditAgreement.methods.map((method) => creditMethod(method)),
    },
    labels,
    objective: createAlgorithm(algorithm, { maxCompletionTokens }),
    sampling,
    schedule,
    iterations: plannedIterations(schedule, source.size),
    seed,
    limits: problemLimits(config),
    maxBrokenShare: maxBrokenShare(config),
    evaluationBatch: config.evaluation.batchSize,
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
  const context = { seed: config.train.seed, evaluationSeed: config.evaluation.seed };
  const { train, labels } = createTask(config.data, context);
  if (typeof train === "function") throw new Error("expected a task whose problems are open");
  return trainingOn(engine, config, train, labels);
}

/** The same on a data set in files. */
export async function tinyFileTraining(
  engine: Engine,
  path: string,
  ...flags: readonly string[]
): Promise<{ readonly training: Training; readonly progress: Progress }> {
  const config = tinyFileConfig(path, ...flags);
  if (config.data.kind !== "files") throw new Error("expected files");
  return trainingOn(engine, config, await openFileSource(config.data, "train"));
}
