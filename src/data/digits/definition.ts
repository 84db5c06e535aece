/**
 * @module
 * Digits, and the worlds like it, as entries of the list of tasks: options in a configuration, and how the task is made of them.
 */
import * as z from "zod";
import type { KindDefinition } from "../../parts/index.ts";
import type { Task, TaskContext } from "../task.ts";
import { digitsSchema } from "./options.ts";
import { digitsTask } from "./task.ts";
import { BARS, DIALS, DIGITS, type World } from "./worlds.ts";

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
      .describe("Share of the remaining steps' problems that are described in text instead of shown."),
    slippedShare: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe(
        "Share of sums of two numbers that three demonstrations in four get wrong, always in the same way: errors that are reasoning.",
      ),
  })
  .prefault({})
  .describe("Demonstrations of the supervised warm start.");

const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
  .default(0)
  .describe("Seed of the problems that training draws.");

type WorldSchema = z.ZodObject<
  (typeof digitsSchema)["shape"] & {
    kind: z.ZodLiteral<World["name"]>;
    seed: typeof seed;
    warmStart: typeof warmStartSchema;
  },
  z.core.$strict
>;

/** A task of a world. */
function worldDefinition(world: World, words: string): KindDefinition<WorldSchema, TaskContext, Task> {
  return {
    schema: digitsSchema
      .safeExtend({ kind: z.literal(world.name), seed, warmStart: warmStartSchema })
      .describe(`Procedural problems: ${words} to read and calculate with.`),
    create: ({ kind: _kind, seed: own, warmStart, ...options }, context) =>
      digitsTask({
        seed: own,
        evaluationSeed: context.evaluationSeed,
        options,
        warmStart: { ...warmStart, seed: context.seed },
        world,
      }),
  };
}

/** The built-in task. */
export const digitsDefinition = worldDefinition(DIGITS, "handwritten digits");
/** The same with gauges in the place of digits. */
export const barsDefinition = worldDefinition(
  BARS,
  "bars that are filled to a level, a tenth for each unit,",
);
/** The same with dials in the place of digits. */
export const dialsDefinition = worldDefinition(
  DIALS,
  "dials that are filled to an angle, a tenth of a turn for each unit,",
);
