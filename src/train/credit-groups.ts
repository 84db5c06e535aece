/**
 * @module
 * Token weights for the groups of an iteration: signals from sampling where the engine sent them along, else from a
 * scoring pass.
 */
import type { CompletionCredit, CreditCompletion } from "../credit/index.ts";
import type { Group } from "./group.ts";
import type { Stopwatch } from "./stopwatch.ts";
import type { Training } from "./training.ts";

/** The signals of each completion that the credit method needs. */
async function withSignals(training: Training, groups: readonly Group[]): Promise<CreditCompletion[][]> {
  const { engine, credit, config } = training;
  const { attention } = credit.needs;
  const maskOf = (tokens: Int32Array) => new Uint8Array(tokens.length).fill(1);
  const complete = groups.every(({ rollouts }) =>
    rollouts.every(
      ({ completion }) => attention === undefined || completion.signals?.attention !== undefined,
    ),
  );
  if (complete) {
    return groups.map(({ rollouts }) =>
      rollouts.map(({ completion }) => ({ mask: maskOf(completion.tokens), signals: completion.signals })),
    );
  }
  const sequences = groups.flatMap(({ prompt, rollouts }) =>
    rollouts.map(({ completion }) => ({ prompt, completion: completion.tokens })),
  );
  const scores = await engine.score(sequences, {
    temperature: config.sampling.temperature,
    ...(attention && { signals: { attention } }),
  });
  let next = 0;
  return groups.map(({ rollouts }) =>
    rollouts.map(({ completion }) => ({ mask: maskOf(completion.tokens), signals: scores[next++]!.signals })),
  );
}

/** `[P][G]` what the run's credit method says of each completion. */
export async function creditGroups(
  training: Training,
  groups: readonly Group[],
  watch: Stopwatch,
): Promise<CompletionCredit[][]> {
  const completions = await watch.time("score", () => withSignals(training, groups));
  return watch.time("credit", async () => training.credit.credit(completions));
}
