/**
 * @module
 * The random numbers of each prompt of a sampling request.
 */
import { ShapeError } from "../errors/index.ts";
import { Rng } from "../math/random.ts";
import type { SampleRequest } from "./engine.ts";

/**
 * A generator for each prompt, to be forked by the places of its completions. A prompt with a seed of its own has the
 * generator that it has as the only prompt of a request with that seed.
 *
 * @param prompts how many there are
 * @param first place of the first of them in the whole request, of which this may be a share
 * @returns `[P]`
 * @throws ShapeError when there are seeds for another number of prompts
 */
export function promptGenerators(seed: SampleRequest["seed"], prompts: number, first = 0): Rng[] {
  if (typeof seed === "number") {
    const whole = new Rng(seed);
    return Array.from({ length: prompts }, (_, p) => whole.fork(first + p));
  }
  checkSeeds(seed, prompts);
  return seed.map((own) => new Rng(own).fork(0));
}

/** @throws ShapeError when there are seeds for another number of prompts */
export function checkSeeds(seed: SampleRequest["seed"], prompts: number): void {
  if (typeof seed !== "number" && seed.length !== prompts) {
    throw new ShapeError(`sample: seed: expected one for each of ${prompts} prompts, got ${seed.length}`);
  }
}
