/**
 * @module
 * Log-probs of a prompt's own tokens: the text between two images is one sequence, and its prompt is
 * everything before it.
 */
import type { Engine, Sequence } from "../engine/index.ts";
import type { PromptPool, ResolvedInput } from "./prompt-pool.ts";

/** `[n]` nats; null for the first token and for image tokens. */
export async function promptLogprobs(
  engine: Engine,
  pool: PromptPool,
  input: ResolvedInput,
): Promise<(number | null)[]> {
  const { tokens } = input;
  const answer = new Array<number | null>(tokens.length).fill(null);
  const starts: number[] = [];
  const sequences: Sequence[] = [];
  for (let first = 1; first < tokens.length; first++) {
    if (tokens[first] === -1) continue;
    let end = first;
    while (end < tokens.length && tokens[end] !== -1) end++;
    sequences.push({ prompt: pool.prompt(input, first), completion: tokens.slice(first, end) });
    starts.push(first);
    first = end;
  }
  const scores = sequences.length === 0 ? [] : await engine.score(sequences);
  for (const [s, { logprobs }] of scores.entries()) {
    for (const [t, logprob] of logprobs.entries()) answer[starts[s]! + t] = logprob;
  }
  return answer;
}
