/**
 * @module
 * Which pictures are for training, validation and test. The three share none and depend on no seed of the user's,
 * so numbers from different runs are comparable; settings are chosen on validation, test is for final tables.
 */
import { ConfigError } from "../../errors/index.ts";
import { Rng } from "../../math/index.ts";
import type { Split } from "../task.ts";
import type { Glyphs } from "./glyphs.ts";
import { digitScans } from "./scans.ts";

/** Scans in train and in validation; the rest, 347, is test. */
const TRAIN = 1200;
const VALIDATION = 250;
const SPLIT_SEED = 1998;

/** All indices, one of each class in turn, shuffled within each class; the rounds end when a class runs out. */
function classRounds(scans: Glyphs, indices: readonly number[], rng: Rng): number[] {
  const classes = Array.from({ length: 10 }, (_, digit) => indices.filter((i) => scans.labels[i] === digit));
  for (const members of classes) rng.shuffle(members);
  const rounds: number[] = [];
  for (let round = 0; rounds.length < indices.length; round++) {
    for (const members of classes) {
      const member = members[round];
      if (member !== undefined) rounds.push(member);
    }
  }
  return rounds;
}

const known = new WeakMap<Glyphs, Readonly<Record<Split, readonly number[]>>>();

/**
 * Indices of a split's pictures: 1,200 train (120 of each value), 250 validation (25 of each), the rest test: of scans 347
 * (29 to 38 of each).
 *
 * @param scans the handwritten digits unless given
 */
export function splitScans(split: Split, scans: Glyphs = digitScans()): readonly number[] {
  let splits = known.get(scans);
  if (splits === undefined) {
    const all = Array.from({ length: scans.count }, (_, i) => i);
    const rounds = classRounds(scans, all, new Rng(SPLIT_SEED));
    splits = {
      train: rounds.slice(0, TRAIN),
      validation: rounds.slice(TRAIN, TRAIN + VALIDATION),
      test: rounds.slice(TRAIN + VALIDATION),
    };
    known.set(scans, splits);
  }
  return splits[split];
}

/**
 * The few training scans whose traces the supervised warm start may see: class-balanced (each digit ⌊n/10⌋ or
 * ⌈n/10⌉ times), another choice for each seed. A smaller n of the same seed is a subset of a larger one.
 *
 * @param n 1 to 1,200
 * @param scans the handwritten digits unless given
 * @throws ConfigError when n is not a whole number in that range
 */
export function warmStartScans(n: number, seed: number, scans: Glyphs = digitScans()): readonly number[] {
  if (!Number.isInteger(n) || n < 1 || n > TRAIN) {
    throw new ConfigError(`warm-start scans: expected a whole number from 1 to ${TRAIN}, got ${n}`);
  }
  return classRounds(scans, splitScans("train", scans), new Rng(seed).fork("warm-start")).slice(0, n);
}
