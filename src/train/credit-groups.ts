/**
 * @module
 * Token weights for the groups of an iteration: signals, then the run's credit method.
 */
import { asksForPairs, type CompletionCredit } from "../credit/index.ts";
import type { Rng } from "../math/index.ts";
import { creditSignals } from "./credit-signals.ts";
import type { Group } from "./group.ts";
import type { Stopwatch } from "./stopwatch.ts";
import type { Training } from "./training.ts";

/** Numbers of Gram matrices that are asked for at once: 128 MiB. */
const GRAM_NUMBERS = 2 ** 24;

/**
 * Runs of groups whose Gram matrices may be scored at once. Methods that ask for them judge each completion by itself, so
 * they may be given their groups in parts; the others see all of them.
 */
function partsOf(groups: readonly Group[], hasGram: boolean): (readonly Group[])[] {
  if (!hasGram) return [groups];
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

/** What a credit method may ask for beside signals of the model. */
interface CreditInputs {
  /** `[P][G][T]` of the completions, where the method asks for them. */
  readonly advantages?: readonly (readonly ArrayLike<number>[])[] | undefined;
  readonly rng: Rng;
  /** Whether an earlier policy sampled the completions. */
  readonly isStale: boolean;
}

async function creditPart(
  { engine, credit, config }: Training,
  groups: readonly Group[],
  { advantages, rng, isStale }: CreditInputs,
  watch: Stopwatch,
): Promise<CompletionCredit[][]> {
  const answers = groups.flatMap(({ prompt, rollouts }) =>
    rollouts.map(({ completion }) => ({ prompt, completion })),
  );
  const signals = await watch.time("score", () =>
    creditSignals(engine, config.sampling.temperature, credit.needs, answers, isStale),
  );
  let next = 0;
  const completions = groups.map(({ rollouts }, p) =>
    rollouts.map(({ completion }, g) => ({
      mask: new Uint8Array(completion.tokens.length).fill(1),
      signals: signals[next++],
      ...(advantages && { advantage: advantages[p]![g]! }),
    })),
  );
  return watch.time("credit", async () => credit.credit(completions, rng));
}

/** `[P][G]` what the run's credit method says of each completion. */
export async function creditGroups(
  training: Training,
  groups: readonly Group[],
  { advantages, ...inputs }: CreditInputs,
  watch: Stopwatch,
): Promise<CompletionCredit[][]> {
  const credits: CompletionCredit[][] = [];
  for (const part of partsOf(groups, asksForPairs(training.credit.needs))) {
    const own = advantages?.slice(credits.length, credits.length + part.length);
    credits.push(...(await creditPart(training, part, { ...inputs, advantages: own }, watch)));
  }
  return credits;
}
