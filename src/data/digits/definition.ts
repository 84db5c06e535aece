/**
 * @module
 * Digits as an entry of the list of tasks: its options in a configuration, and how the task is made of them.
 */
import * as z from "zod";
import type { KindDefinition } from "../../parts/index.ts";
import type { Task, TaskContext } from "../task.ts";
import { digitsSchema } from "./options.ts";
import { digitsTask } from "./task.ts";

const steps = z.int().min(0);

const warmStartSchema = z
  .strictObject({
    scans: z.int().min(1).max(1200).default(30).describe("Training scans that demonstrations are made of."),
    readingSteps: steps.default(150).describe("First steps, on single cells: reading alone."),
    transcriptionSteps: steps.default(140).describe("Next steps, on all cells of a canvas: where to look."),
    describedShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.35)
      .describe("Share of the remaining steps' problems that are told in words instead of shown."),
  })
  .prefault({})
  .describe("Demonstrations of the supervised warm start.");

const schema = digitsSchema
  .safeExtend({
    kind: z.literal("digits"),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(0)
      .describe("Seed of the problems that training draws."),
    warmStart: warmStartSchema,
  })
  .describe("Procedural problems: handwritten digits to read and calculate with.");

/** The built-in task. */
export const digitsDefinition: KindDefinition<typeof schema, TaskContext, Task> = {
  schema,
  create: ({ kind: _kind, seed, warmStart, ...options }, context) =>
    digitsTask({
      seed,
      evaluationSeed: context.evaluationSeed,
      options,
      warmStart: { ...warmStart, seed: context.seed },
    }),
};
