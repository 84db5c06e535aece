/**
 * @module
 * The configuration of observers.
 */
import * as z from "zod";
import { moduleSchema } from "./modules/load-module.ts";

const tensorboardSchema = z
  .strictObject({
    kind: z.literal("tensorboard"),
    directory: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Directory in which each run has a folder of its name with the event files; tensorboard/ in the run directory unless given.",
      ),
  })
  .describe("Writes metrics and evaluations into TensorBoard event files while the run continues.");

/** An observer beside the run directory. */
export const observerSchema = z.discriminatedUnion("kind", [tensorboardSchema, moduleSchema]);
