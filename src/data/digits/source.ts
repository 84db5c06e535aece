/**
 * @module
 * The digits task as an endless source of problems, each a pure function of seed, split and index.
 */
import { DataError } from "../../errors/index.ts";
import { Rng } from "../../math/index.ts";
import type { Problem, ProblemSource } from "../problem.ts";
import type { Split } from "../task.ts";
import { keySteps } from "./key-steps.ts";
import { type DigitsOptions, digitsSchema, fingerprintOptions } from "./options.ts";
import { questionText } from "./questions.ts";
import { renderWorld } from "./render.ts";
import { splitScans } from "./split.ts";
import { TRUTH_COLUMN } from "./truth.ts";
import { visualClaims, visualEvidence, visualFacts } from "./visible.ts";
import { type DigitsTruth, drawWorld } from "./world.ts";
import { DIGITS, type World } from "./worlds.ts";

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
  world: World,
  pool: readonly number[],
  options: DigitsOptions,
): DigitsTruth {
  return drawWorld(problemRng(seed, name, index, "world"), world, pool, options);
}

/** The problem with a given truth. */
export function problemAt(
  seed: number,
  name: string,
  index: number,
  world: World,
  truth: DigitsTruth,
): Problem {
  const evidence = visualEvidence(truth);
  return {
    id: `${world.name}-${name}-${seed}-${index}`,
    images: [renderWorld(truth, world.glyphs(), problemRng(seed, name, index, "noise"))],
    question: questionText(truth.question, world.noun),
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
 * @param world handwritten digits unless given
 */
export function digitsSource({
  split,
  seed,
  options = {},
  world = DIGITS,
}: {
  split: Split;
  seed: number;
  options?: Partial<DigitsOptions>;
  world?: World;
}): DigitsSource {
  const resolved = digitsSchema.parse(options);
  const { sha256 } = world.glyphs();
  const pool = splitScans(split, world.glyphs());
  return {
    fingerprint: `${world.name} split=${split} seed=${seed} scans=${sha256} options=${fingerprintOptions(resolved)}`,
    size: Infinity,
    problem: (index) =>
      problemAt(seed, split, index, world, worldAt(seed, split, index, world, pool, resolved)),
  };
}
