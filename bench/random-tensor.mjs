/**
 * @module
 * Random weights of any size in no time.
 */
import { Rng } from "fovea/math";

/** Standard normal numbers, of which every matrix takes its own, begun elsewhere for each: drawing 4e9 would take minutes. */
const block = Float32Array.from(
  { length: 1_000_003 },
  (
    (rng) => () =>
      rng.normal(0, 1)
  )(new Rng(1)),
);

/** A matrix; norms' vectors are 1 and biases 0. @param {string} name @param {readonly number[]} shape @param {boolean} isNorm @param {number} deviation */
export function randomTensor(name, shape, isNorm, deviation) {
  return {
    shape,
    get data() {
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
      if (shape.length === 1) return data.fill(isNorm && !name.endsWith(".bias") ? 1 : 0);
      const scaled = block.map((number) => number * deviation);
      const first = block.length - new Rng(name).integer(block.length);
      data.set(scaled.subarray(block.length - first, block.length - first + data.length));
      for (let at = first; at < data.length; at += block.length) {
        data.set(scaled.subarray(0, data.length - at), at);
      }
      return data;
    },
  };
}
