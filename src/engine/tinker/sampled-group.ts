/**
 * @module
 * The answer to `asample` as completions.
 */
import { EngineError } from "../../errors/index.ts";
import type { Completion, SampleRequest } from "../engine.ts";
import { finiteNumbers } from "./finite-numbers.ts";
import { fromWire, type WireSampleAnswer } from "./wire.ts";
import { signalsOf } from "./wire-signals.ts";

const CALL = "asample";

/** Log-probs that are above 0 by rounding. */
const ROUNDING = 1e-3;

/** The request, as far as completions must fit it. */
export interface SampledAs extends Pick<SampleRequest, "groupSize" | "maxCompletionTokens" | "signals"> {
  /** Ids are below it. */
  readonly vocabulary: number;
}

/**
 * The completions of one prompt.
 *
 * @param prompt its place among the prompts, for messages
 * @throws EngineError naming prompt, sequence and position when there are not as many completions as asked for, or an id is
 *   outside of the vocabulary, or a log-prob is missing or not a log-prob
 */
export function sampledGroup(
  { sequences }: WireSampleAnswer,
  { groupSize, maxCompletionTokens, signals: request, vocabulary }: SampledAs,
  prompt: number,
): Completion[] {
  if (sequences.length !== groupSize) {
    throw new EngineError(
      `${CALL}, prompt ${prompt}: expected ${groupSize} sequences, got ${sequences.length}`,
    );
  }
  return sequences.map(({ tokens, stop_reason: stopReason, logprobs: given, entropy, signals }, s) => {
    const where = `${CALL}, prompt ${prompt}, sequence ${s}`;
    if (tokens.length > maxCompletionTokens) {
      throw new EngineError(`${where}: expected at most ${maxCompletionTokens} tokens, got ${tokens.length}`);
    }
    if (given?.length !== tokens.length) {
      throw new EngineError(`${where}: expected ${tokens.length} log-probs, got ${given?.length ?? "none"}`);
    }
    const logprobs = finiteNumbers(fromWire(given), "logprobs", where);
    for (let t = 0; t < tokens.length; t++) {
      const [id, logprob] = [tokens[t]!, logprobs[t]!];
      if (!(Number.isInteger(id) && id >= 0 && id < vocabulary)) {
        throw new EngineError(`${where}: tokens[${t}]: expected an id below ${vocabulary}, got ${id}`);
      }
      if (logprob > ROUNDING) {
        throw new EngineError(`${where}: logprobs[${t}]: expected at most 0, got ${logprob}`);
      }
    }
    const found = signalsOf(signals ?? {}, request, tokens.length, where, true);
    return {
      tokens: Int32Array.from(tokens),
      logprobs,
      entropy: entropy == null ? logprobs.map((logprob) => -logprob) : fromWire(entropy),
      stopReason,
      ...(found && { signals: found }),
    };
  });
}
