/**
 * @module
 * A KL coefficient that falls over the run, and an algorithm as it is at a place of the run.
 *
 * Source: Visionary-R1, arXiv:2505.14677, whose code has β/2·(1 + cos π·epoch): cosine, to nothing.
 */
import * as z from "zod";
import { ConfigError } from "../errors/index.ts";
import { remainingShare } from "../math/index.ts";
import type { Algorithm, KlTerm } from "./algorithm.ts";

/** How the KL coefficient falls; constant unless given. */
export const klScheduleSchema = z
  .strictObject({
    kind: z
      .enum(["linear", "cosine"])
      .default("cosine")
      .describe("How klCoefficient falls over the iterations of the run; cosine is Visionary-R1's."),
    finalShare: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe("Share of klCoefficient that is left at the end of the run."),
  })
  .optional()
  .describe("klCoefficient is that of the first iteration and falls over the run; constant unless given.");

export type KlSchedule = NonNullable<z.output<typeof klScheduleSchema>>;

/**
 * Share of β at each place of the run, where there is a schedule.
 *
 * @throws ConfigError when there is no KL term whose coefficient could fall
 */
export function klShare({
  klCoefficient,
  klSchedule,
}: {
  readonly klCoefficient: number;
  readonly klSchedule?: KlSchedule | undefined;
}): Pick<KlTerm, "shareAt"> {
  if (klSchedule === undefined) return {};
  if (klCoefficient === 0) {
    throw new ConfigError("algorithm.klSchedule: expected algorithm.klCoefficient above 0, got 0");
  }
  const { kind, finalShare } = klSchedule;
  return { shareAt: (progress) => remainingShare(kind, progress, finalShare) };
}

/**
 * The algorithm as it is at a place of the run: with the KL coefficient that its schedule has there.
 *
 *     β(p) = β·(f + (1 − f)·r(p)),   r = 1 − p or (1 + cos πp)/2
 *
 * @param progress p, share of the run's iterations that are done, in [0, 1]
 * @returns the algorithm itself where nothing is scheduled
 * @throws NumericError when the progress is outside [0, 1]
 * @example
 * const grpo = createAlgorithm(algorithmSchema.parse({ kind: "grpo", klCoefficient: 0.04, klSchedule: {} }));
 * algorithmAt(grpo, 0.5).kl.coefficient; // 0.02
 */
export function algorithmAt<Own extends Algorithm>(algorithm: Own, progress: number): Own {
  if (algorithm.unit === "pair" || algorithm.kl.shareAt === undefined) return algorithm;
  const { shareAt, coefficient, ...kl } = algorithm.kl;
  return { ...algorithm, kl: { ...kl, coefficient: coefficient * shareAt(progress) } };
}
