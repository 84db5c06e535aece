/**
 * @module
 * Samples one group of a configuration before a run: a problem and its completions with verdict, rewards and credit. No
 * files are written; the engine is closed and its update discarded.
 */
import type { Problem } from "../data/index.ts";
import type { Dialogue } from "../eval/index.ts";
import { algorithmNeeds } from "../objective/index.ts";
import { newProgress, openTraining, runIteration, type Training } from "../train/index.ts";
import { fetchModel, openConfiguredDialogue, openEngine } from "./open/open-model.ts";
import { openParts } from "./open/open-parts.ts";
import type { RunOptions } from "./run.ts";

/** One completion of the group; the keys of a line of a rollouts file. */
export interface TriedCompletion {
  readonly question: string;
  readonly answers: readonly string[];
  readonly completion: string;
  /** The answer that the verdict extracted; null for none. */
  readonly extracted: string | null;
  /** The verdict's score; null where it could not judge. */
  readonly verdict: number | null;
  readonly reward: number | null;
  readonly rewardParts: Readonly<Record<string, number>>;
  readonly stopReason: string;
  /** `[T]` */
  readonly tokenTexts: readonly string[];
  /** `[T]` credit; absent when the group's rewards are all equal, so that it has no gradient. */
  readonly weights?: readonly number[];
}

/** The sampled group. */
export interface TriedGroup {
  readonly problem: Problem;
  readonly dialogue: Dialogue;
  readonly completions: readonly TriedCompletion[];
}

/** The training part of the configuration with one problem an iteration, all of it recorded. */
function ofOneGroup(training: Training): Training {
  const { dynamicSampling: _, ...schedule } = training.schedule;
  const one = { promptsPerIteration: 1, minibatches: 1, rolloutsEvery: 1, rolloutGroups: 0 };
  return { ...training, schedule: { ...schedule, ...one, maxStaleness: 0, reportKlEvery: 0 } };
}

/**
 * Samples the first group of a run.
 *
 * @throws ConfigError, DataError, ModelError, PartError when a part cannot be used
 */
export async function tryGroup(
  options: Pick<RunOptions, "config" | "onEvent" | "openEngine" | "signal">,
): Promise<TriedGroup> {
  const { config, onEvent, signal } = options;
  const local = await fetchModel(config, onEvent);
  const parts = await openParts(config, {
    onDownload: onEvent,
    warn: (message) => onEvent?.({ event: "warning", message }),
  });
  const dialogue = await openConfiguredDialogue(local);
  const engine = await (options.openEngine ?? openEngine)(local, { ...(signal && { signal }) });
  try {
    const training = ofOneGroup(await openTraining({ ...parts, engine, dialogue, signal }));
    try {
      if (algorithmNeeds(training.objective).reference) await engine.setReference();
      const outcome = await runIteration(training, newProgress(training.seed), 1);
      const completions = outcome.rollouts as readonly (TriedCompletion & { readonly index: number })[];
      const problem = await training.source.problem(completions[0]?.index ?? 0);
      return { problem, dialogue, completions };
    } finally {
      for (const reward of training.rewards) await reward.close?.();
    }
  } finally {
    await engine.close();
  }
}
