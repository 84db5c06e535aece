/**
 * @module
 * Log-probs of frozen weights where the server keeps no reference. A sampler with these weights is asked for
 * the log-probs of its prompt, which is the prompt and the completion.
 */
import { EngineError } from "../../errors/index.ts";
import type { Score, Sequence } from "../engine.ts";
import { finiteNumbers } from "./finite-numbers.ts";
import { AT_ONCE, inParallel } from "./in-parallel.ts";
import type { TinkerSession } from "./session.ts";
import { fromWire } from "./wire.ts";
import type { PromptEncoder } from "./wire-prompt.ts";

const CALL = "asample";

/**
 * Log-probs of each completion under a sampler's weights.
 *
 * @param sampler its sampling session
 * @param first number of the first request
 * @throws EngineError when it does not give one for each token
 */
export async function promptScores(
  session: TinkerSession,
  encoder: PromptEncoder,
  sampler: string,
  sequences: readonly Sequence[],
  first: number,
): Promise<Score[]> {
  return inParallel(sequences, AT_ONCE, async ({ prompt, completion }, i) => {
    if (completion.length === 0) return { logprobs: new Float64Array(0) };
    const { chunks, length } = await encoder.encode(prompt);
    const future = await session.submitSample({
      sampling_session_id: sampler,
      seq_id: first + i,
      num_samples: 1,
      prompt: { chunks: [...chunks, { type: "encoded_text", tokens: Array.from(completion) }] },
      sampling_params: { max_tokens: 1, temperature: 1 },
      prompt_logprobs: true,
    });
    const { prompt_logprobs: found } = await session.sampled(future);
    const where = `${CALL}, sequence ${i}`;
    const expected = length + completion.length;
    if (found?.length !== expected) {
      throw new EngineError(`${where}: expected ${expected} prompt_logprobs, got ${found?.length ?? "none"}`);
    }
    const logprobs = fromWire(found).slice(-completion.length);
    return { logprobs: finiteNumbers(logprobs, "prompt_logprobs of the completion", where) };
  });
}
