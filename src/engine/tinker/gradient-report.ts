/**
 * @module
 * The report of a gradient, from the answers to its `forward_backward` requests.
 */
import type { GradientReport, Sequence } from "../engine.ts";
import { ofCompletion, type sendForward } from "./forward-requests.ts";

/**
 * How many tokens the gradient is of, and whether every request's part is finite.
 *
 * @param isMeasured whether the answers have the trainer's log-probs
 * @throws EngineError naming the sequence whose log-probs are missing
 */
export function gradientReport(
  sequences: readonly Sequence[],
  { outputs, metrics }: Awaited<ReturnType<typeof sendForward>>,
  isMeasured: boolean,
): GradientReport {
  return {
    tokens: sequences.reduce((sum, { completion }) => sum + completion.length, 0),
    finite: metrics.every((own) => (own["finite:min"] ?? 1) === 1),
    ...(isMeasured && {
      logprobs: outputs.map((output, i) =>
        ofCompletion(output, "logprobs", sequences[i]!.completion.length, `forward_backward, sequence ${i}`),
      ),
    }),
  };
}
