/**
 * @module
 * Whether a configuration asks for a warm start, and where its run directory is.
 */
import { isDeepStrictEqual } from "node:util";
import { sftSchema } from "../train/index.ts";
import type { Config } from "./schema.ts";

/** Name of the warm start's own run directory within that of a run with a built-in model. */
export const WARM_START = "warm-start";

/** Directory of the warm starts that cells of a grid share, each under the hash of its settings. */
export const WARM_STARTS = "warm-starts";

/** The name of a grid's warm start by the path of its model; undefined for another model. */
export function sharedWarmStart(path: string): string | undefined {
  return /[/\\]warm-starts[/\\]([0-9a-f]{16})[/\\]model$/.exec(path)?.[1];
}

/** Whether `sft` asks for at least one step. */
export function asksForSteps({ steps, epochs }: Config["sft"]): boolean {
  return steps > 0 || epochs !== undefined;
}

/** Whether a run with this configuration starts with a warm start. */
export function hasWarmStart({ model, sft: warmStart }: Pick<Config, "model" | "sft">): boolean {
  return model.kind === "small" && asksForSteps(warmStart);
}

/** The warning of a warm start that differs from the defaults and that `fovea train` does not run for this model. */
export function warmStartWarning({
  model,
  sft: schedule,
}: Pick<Config, "model" | "sft">): string | undefined {
  if (model.kind === "small" || !asksForSteps(schedule)) return undefined;
  if (isDeepStrictEqual(schedule, sftSchema.parse({}))) return undefined;
  return (
    "sft is ignored: training begins with a warm start for model: small only; for another model, run fovea sft, set model " +
    'to the folder "model" of its run directory, and remove sft'
  );
}
