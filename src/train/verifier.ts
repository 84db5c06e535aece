/**
 * @module
 * The verifier of a run: the configured rewards on a problem's answer, with what its length adds and takes.
 */
import { completionReward, lengthReward, type Reward, softOverlongPunishment } from "../verify/index.ts";
import type { Config } from "./config/schema.ts";
import type { Verifier } from "./training.ts";

/** The reward with one more part; what could not be judged stays so. */
function withPart(reward: Reward, name: string, part: number, weight: number, remark: string): Reward {
  if (reward.value === null) return reward;
  return {
    value: reward.value + weight * part,
    parts: { ...reward.parts, [name]: part },
    reason: part === 0 ? reward.reason : `${reward.reason}; ${remark}`,
  };
}

/** Judges completions by the configured rewards. */
export function openVerifier({ reward: options, sampling }: Config): Verifier {
  const { overlong, length } = options;
  return (completion, problem, tokens) => {
    let reward = completionReward(completion, problem.answers[0] ?? "", options, problem.keySteps);
    if (length !== undefined) {
      const part = lengthReward(reward.parts["accuracy"] ?? 0, tokens, length);
      reward = withPart(reward, "length", part, length.weight, "of a rewarded length");
    }
    if (overlong !== undefined) {
      const punishment = softOverlongPunishment(tokens, sampling.maxCompletionTokens, overlong.buffer);
      reward = withPart(reward, "overlong", punishment, overlong.weight, "near the limit of length");
    }
    return reward;
  };
}
