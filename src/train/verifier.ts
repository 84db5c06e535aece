/**
 * @module
 * The verifier of a run: the configured rewards on a problem's answer, less the punishment of length.
 */
import { completionReward, type Reward, softOverlongPunishment } from "../verify/index.ts";
import type { Config } from "./config/schema.ts";
import type { Verifier } from "./training.ts";

/** Judges completions by the configured rewards. */
export function openVerifier({ reward: options, sampling }: Config): Verifier {
  const { overlong } = options;
  return (completion, problem, tokens) => {
    const reward = completionReward(completion, problem.answer, options, problem.keySteps);
    if (overlong === undefined || reward.value === null) return reward;
    const punishment = softOverlongPunishment(tokens, sampling.maxCompletionTokens, overlong.buffer);
    const shaped: Reward = {
      value: reward.value + overlong.weight * punishment,
      parts: { ...reward.parts, overlong: punishment },
      reason: punishment < 0 ? `${reward.reason}; near the limit of length` : reward.reason,
    };
    return shaped;
  };
}
