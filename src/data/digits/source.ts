/**
 * @module
 * The digits task as an endless source of problems, each a pure function of seed, split and index.
 */
import { DataError } from "../../errors/index.ts";
import { Rng } from "../../math/index.ts";
import type { Problem, ProblemSource } from "../problem.ts";
import type { Split } from "../task.ts";
import { keySteps } from "./key-steps.ts";
import { type DigitsOptions, digitsSchema } from "./options.ts";
import { questionText } from "./questions.ts";
import { renderWorld } from "./render.ts";
import { type DigitScans, digitScans } from "./scans.ts";
import { splitScans } from "./split.ts";
import { TRUTH_COLUMN } from "./truth.ts";
import { visualClaims, visualEvidence, visualFacts } from "./visible.ts";
import { type DigitsTruth, drawWorld } from "./world.ts";

/** Digits problems, each drawn at once, with its truth as a column. */
export interface DigitsSource extends ProblemSource {
  problem(index: number): Problem;
}

/** The generator of one problem; independent streams for its world and its noise. */
function problemRng(seed: number, name: string, index: number, stream: "world" | "noise"): Rng {
  if (!Number.isInteger(index) || index < 0) {
    throw new DataError(`digits: expected a problem index that is a whole number from 0, got ${index}`);
  }
  return new Rng(seed).fork(`${name}/${index}/${stream}`);
}

/** The truth of one problem out of a pool of scans. */
export function worldAt(
  seed: number,
  name: string,
  index: number,
  scans: DigitScans,
  pool: readonly number[],
  options: DigitsOptions,
): DigitsTruth {
  return drawWorld(problemRng(seed, name, index, "world"), scans, pool, options);
}

/** The problem that a truth stands for. */
export function problemAt(
  seed: number,
  name: string,
  index: number,
  scans: DigitScans,
  truth: DigitsTruth,
): Problem {
  const evidence = visualEvidence(truth);
  return {
    id: `digits-${name}-${seed}-${index}`,
    images: [renderWorld(truth, scans, problemRng(seed, name, index, "noise"))],
    question: questionText(truth.question),
    answers: [truth.answer],
    kind: truth.question.kind,
    keySteps: keySteps(truth),
    visualFacts: visualFacts(truth),
    claims: visualClaims(truth),
    ...(evidence && { evidence }),
    columns: { [TRUTH_COLUMN]: truth },
  };
}

/**
 * Problems from all scans of a split.
 *
 * @param options missing knobs have their defaults
 */
export function digitsSource({
  split,
  seed,
  options = {},
}: {
  split: Split;
  seed: number;
  options?: Partial<DigitsOptions>;
}): DigitsSource {
  const resolved = digitsSchema.parse(options);
  const scans = digitScans();
  const pool = splitScans(split);
  return {
    fingerprint: `digits split=${split} seed=${seed} scans=${scans.sha256} options=${JSON.stringify(resolved)}`,
    size: Infinity,
    problem: (index) =>
      problemAt(seed, split, index, scans, worldAt(seed, split, index, scans, pool, resolved)),
  };
}
