/**
 * @module
 * Made-up attention of a completion: inner products of rows over a few image regions, and their sums, for AT-RL.
 */
import { Rng } from "fovea/math";

const LOOKS = 24;
const CLUSTERS = 12;

/**
 * Rows over a few image regions, by phrase; `sink` of them all, `spread` of the region, `own` of the phrase alone.
 *
 * @param {number} tokens
 * @param {{ sink: number, noise: number, isOwn: boolean }} kind
 * @param {number} [seed]
 * @returns {{ connectivity: Float64Array, gram: Float64Array }}
 */
export function madeAttention(tokens, { sink, noise, isOwn }, seed = tokens) {
  const rng = new Rng(seed);
  const width = 1 + LOOKS + (isOwn ? Math.ceil(tokens / 4) : 0);
  const rows = [];
  let cluster = 0;
  for (let t = 0; t < tokens; t++) {
    if (rng.uniform() < 0.15) cluster = rng.integer(CLUSTERS);
    const row = new Float64Array(width);
    row[0] = sink * (0.8 + 0.4 * rng.uniform());
    for (let j = 1; j <= LOOKS; j++) row[j] = noise * rng.uniform();
    row[1 + cluster] += 0.6 + 0.4 * rng.uniform();
    row[1 + cluster + CLUSTERS] += 0.2 * rng.uniform();
    if (isOwn) row[1 + LOOKS + Math.floor(t / 4)] = 1.5;
    rows.push(row);
  }
  const gram = new Float64Array(tokens * tokens);
  for (let s = 0; s < tokens; s++) {
    for (let t = s; t < tokens; t++) {
      let product = 0;
      for (let j = 0; j < width; j++) product += rows[s][j] * rows[t][j];
      gram[s * tokens + t] = product;
      gram[t * tokens + s] = product;
    }
  }
  return {
    connectivity: Float64Array.from(rows, (row) => row.subarray(1, 7).reduce((a, b) => a + b, 0)),
    gram,
  };
}

/** How much tokens attend alike. */
export const KINDS = {
  "all alike": { sink: 2, noise: 0.3, isOwn: false },
  "few clusters": { sink: 0.3, noise: 0.1, isOwn: false },
  "own phrase": { sink: 0.1, noise: 0.1, isOwn: true },
};
