/**
 * @module
 * The verifier of a run: the configured rewards on a problem's answer.
 */
import { completionReward } from "../verify/index.ts";
import type { Config } from "./config/schema.ts";
import type { Verifier } from "./training.ts";

/** Judges completions by the configured rewards. */
export function openVerifier({ reward }: Config): Verifier {
  return (completion, problem) => completionReward(completion, problem.answer, reward);
}
