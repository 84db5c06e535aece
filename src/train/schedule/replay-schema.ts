/**
 * @module
 * Completions that are learnt from again: option `replay` of the schedule.
 */
import * as z from "zod";

/** Selective sample replay. */
export const replaySchema = z.strictObject({
  alpha: z
    .number()
    .nonnegative()
    .default(1)
    .describe("A completion is drawn with a chance in proportion to |advantage|^alpha; 0 draws evenly."),
  capacity: z
    .number()
    .positive()
    .default(0.5)
    .describe("Completions that are kept, the newest, as a share of an iteration's."),
});
