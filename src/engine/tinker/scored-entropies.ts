/**
 * @module
 * Entropies of sampled completions from a server whose sampler returns none: its trainer scores what was just sampled.
 */
import type { Completion, SampleRequest, Score, ScoreRequest, Sequence } from "../engine.ts";

/**
 * Completions with the entropies of the distributions that they were sampled from.
 *
 * @param score with the weights that sampled
 * @param groups `[P][G]`
 * @throws EngineError when the server's scores have no entropies
 */
export async function withScoredEntropies(
  score: (sequences: readonly Sequence[], request: ScoreRequest) => Promise<Score[]>,
  { prompts, temperature }: SampleRequest,
  groups: readonly (readonly Completion[])[],
): Promise<Completion[][]> {
  const sequences = groups.flatMap((group, p) =>
    group.map(({ tokens }) => ({ prompt: prompts[p]!, completion: tokens })),
  );
  // A greedy completion's log-probs have temperature 1.
  const scores = await score(sequences, { entropy: true, temperature: temperature === 0 ? 1 : temperature });
  let next = 0;
  return groups.map((group) =>
    group.map((completion) => ({ ...completion, entropy: scores[next++]!.entropy! })),
  );
}
