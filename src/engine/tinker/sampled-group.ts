/**
 * @module
 * The answer to `asample` as completions.
 */
import { EngineError } from "../../errors/index.ts";
import type { Completion, SignalRequest } from "../engine.ts";
import { fromWire, type WireSampleAnswer } from "./wire.ts";
import { signalsOf } from "./wire-signals.ts";

const CALL = "asample";

/**
 * The completions of one prompt.
 *
 * @throws EngineError when there are not as many as asked for, or log-probs are missing
 */
export function sampledGroup(
  { sequences }: WireSampleAnswer,
  groupSize: number,
  request: SignalRequest | undefined,
): Completion[] {
  if (sequences.length !== groupSize) {
    throw new EngineError(`${CALL}: expected ${groupSize} sequences, got ${sequences.length}`);
  }
  return sequences.map(({ tokens, stop_reason: stopReason, logprobs: given, entropy, signals }) => {
    if (given?.length !== tokens.length) {
      throw new EngineError(`${CALL}: expected ${tokens.length} log-probs, got ${given?.length ?? "none"}`);
    }
    const logprobs = fromWire(given);
    const found = signalsOf(signals ?? {}, request, tokens.length, CALL, true);
    return {
      tokens: Int32Array.from(tokens),
      logprobs,
      entropy: entropy == null ? logprobs.map((logprob) => -logprob) : fromWire(entropy),
      stopReason,
      ...(found && { signals: found }),
    };
  });
}
