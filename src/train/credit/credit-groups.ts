/**
 * @module
 * Token weights for the groups of an iteration: signals, then the run's credit method.
 */
import {
  asksForPairs,
  type CompletionCredit,
  type CreditMethod,
  type CreditNeeds,
  type CreditSignals,
  type ImageAblation,
} from "../../credit/index.ts";
import type { Rng } from "../../math/index.ts";
import type { Group } from "../batch/group.ts";
import type { Training } from "../iteration/training.ts";
import type { Stopwatch } from "../loop/stopwatch.ts";
import { creditSignals } from "./credit-signals.ts";
import { masksOf } from "./measured-group.ts";

/** Most Gram matrix entries requested at once: 128 MiB. */
const GRAM_NUMBERS = 2 ** 24;

/** Consecutive groups whose Gram matrices are scored at once; all groups if the method needs the whole batch. */
function partsOf(groups: readonly Group[], { needs, wholeBatch }: CreditMethod): (readonly Group[])[] {
  if (wholeBatch || !asksForPairs(needs)) return [groups];
  const parts: Group[][] = [];
  let room = 0;
  for (const group of groups) {
    const numbers = group.rollouts.reduce((sum, { completion }) => sum + completion.tokens.length ** 2, 0);
    if (numbers > room || parts.length === 0) {
      parts.push([]);
      room = GRAM_NUMBERS;
    }
    parts.at(-1)!.push(group);
    room -= numbers;
  }
  return parts;
}

/** Inputs of a credit method other than signals of the model. */
export interface CreditInputs {
  /** `[P][G][T]` advantages of tokens, if the method needs them. */
  readonly advantages?: readonly (readonly ArrayLike<number>[])[] | undefined;
  readonly rng: Rng;
  /** Seed of random image ablations, different in each iteration. */
  readonly ablationSeed: number;
  /** Whether an earlier policy sampled the completions. */
  readonly isStale: boolean;
  /** Share of the run's iterations that are done. */
  readonly progress: number;
}

/** Signals of the completions of some groups, in their order. */
function scoredPart(
  { engine, credit, sampling }: Training,
  groups: readonly Group[],
  { ablationSeed, isStale, progress }: CreditInputs,
): Promise<CreditSignals[]> {
  const answers = groups.flatMap(({ prompt, rollouts }) =>
    rollouts.map(({ completion }) => ({ prompt, completion })),
  );
  const needs = withSeed(credit.needsAt?.(progress) ?? credit.needs, ablationSeed);
  return creditSignals(engine, sampling.temperature, needs, answers, isStale);
}

function creditPart(
  training: Training,
  { groups, signals }: { readonly groups: readonly Group[]; readonly signals: readonly CreditSignals[] },
  { advantages, rng, progress }: CreditInputs,
): CompletionCredit[][] {
  const { credit, dialogue, labels } = training;
  let next = 0;
  const completions = groups.map((group, p) => {
    const { problem, rollouts } = group;
    const masks = creditMasks(group, training);
    return rollouts.map(({ completion, text, reward }, g) => ({
      mask: masks[g]!,
      signals: signals[next++],
      tokens: completion.tokens,
      get tokenTexts() {
        return dialogue.tokenTexts(completion.tokens);
      },
      text,
      reward: reward.value,
      rewardParts: reward.parts,
      verdict: reward.judgement.score,
      problem,
      ...(credit.needs.labels && { labels: labels?.label(problem, dialogue.tokenTexts(completion.tokens)) }),
      ...(advantages && { advantage: advantages[p]![g]! }),
    }));
  });
  return credit.credit(completions, rng, progress);
}

/**
 * `[G][T]` the tokens that the method sees as counted. They are the objective's, so that thresholds and means are over
 * tokens that are trained on. A method that shapes rewards sees every token, since rewards of all completions count.
 */
function creditMasks(group: Group, training: Training): Uint8Array[] {
  if (!training.credit.needs.allGroups) return masksOf(group, training);
  return group.rollouts.map(({ completion }) => new Uint8Array(completion.tokens.length).fill(1));
}

/** Needs with a seed for random images, so that each iteration draws new images. */
function withSeed({ ablation, views, ...needs }: CreditNeeds, seed: number): CreditNeeds {
  const drawn = <T extends { readonly image: ImageAblation }>(request: T): T => {
    const { image } = request;
    return "seed" in image ? { ...request, image: { ...image, seed: (image.seed ^ seed) >>> 0 } } : request;
  };
  const all = Object.entries(views ?? {}).map(([name, view]) => [name, drawn(view)] as const);
  return {
    ...needs,
    ...(ablation && { ablation: drawn(ablation) }),
    ...(views && { views: Object.fromEntries(all) }),
  };
}

/**
 * `[P][G]` credit of each completion by the run's method. Where the batch comes in parts, threads reduce the signals of a
 * part while the engine computes the signals of the next part.
 */
export async function creditGroups(
  training: Training,
  groups: readonly Group[],
  { advantages, ...inputs }: CreditInputs,
  watch: Stopwatch,
): Promise<CompletionCredit[][]> {
  const { clusterThreads } = training;
  const credits: CompletionCredit[][] = [];
  const credit = async (part: readonly Group[], reduced: Promise<readonly CreditSignals[]>) => {
    const scored = { groups: part, signals: await reduced };
    const own = advantages?.slice(credits.length, credits.length + part.length);
    credits.push(...creditPart(training, scored, { ...inputs, advantages: own }));
  };
  let last: () => Promise<void> = async () => {};
  for (const part of partsOf(groups, training.credit)) {
    const signals = await watch.time("score", () => scoredPart(training, part, inputs));
    await watch.time("credit", last);
    const reduced = clusterThreads?.reduced(signals, training.credit) ?? Promise.resolve(signals);
    // Where scoring of the next part fails too, its error is the one that is thrown.
    reduced.catch(() => {});
    last = () => credit(part, reduced);
  }
  await watch.time("credit", last);
  return credits;
}
