/**
 * @module
 * From the configuration's data part to sources of problems and demonstrations.
 */
import {
  type DemonstrationSource,
  type DigitsOptions,
  type DigitsSource,
  type DigitsSplit,
  demonstrations,
  digitsSource,
  type Lesson,
  warmStartScans,
} from "../data/index.ts";
import type { Config } from "./config/schema.ts";

function digitsOptions({ data }: Config): DigitsOptions {
  const { kind: _kind, seed: _seed, ...options } = data;
  return options;
}

/** The problems that training draws. */
export function trainingSource(config: Config): DigitsSource {
  return digitsSource({ split: "train", seed: config.data.seed, options: digitsOptions(config) });
}

/** The problems of an evaluation; the same for every run with the same evaluation seed and data options. */
export function evaluationSource(config: Config, split: DigitsSplit): DigitsSource {
  return digitsSource({ split, seed: config.evaluation.seed, options: digitsOptions(config) });
}

/** The warm start's demonstrations of a lesson; which scans they show depends on the run's seed. */
export function warmStartSource(config: Config, lesson: Lesson): DemonstrationSource {
  return demonstrations({
    scans: warmStartScans(config.sft.scans, config.train.seed),
    seed: config.train.seed,
    options: digitsOptions(config),
    lesson,
    describedShare: config.sft.describedShare,
  });
}
