/**
 * @module
 * Which scans are for training, validation and test. The three share no scan and depend on no seed of the user's,
 * so numbers from different runs are comparable; settings are chosen on validation, test is for final tables.
 */
import { ConfigError } from "../../errors/index.ts";
import { Rng } from "../../math/index.ts";
import type { Split } from "../task.ts";
import { type DigitScans, digitScans } from "./scans.ts";

/** Scans in train and in validation; the rest, 347, is test. */
const TRAIN = 1200;
const VALIDATION = 250;
const SPLIT_SEED = 1998;

/** All indices, one of each class in turn, shuffled within each class; the rounds end when a class runs out. */
function classRounds(scans: DigitScans, indices: readonly number[], rng: Rng): number[] {
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

let splits: Readonly<Record<Split, readonly number[]>> | undefined;

/**
 * Indices of a split's scans in the asset: 1,200 train (120 of each digit), 250 validation (25 of each), 347 test
 * (29 to 38 of each).
 */
export function splitScans(split: Split): readonly number[] {
  if (splits === undefined) {
    const scans = digitScans();
    const all = Array.from({ length: scans.count }, (_, i) => i);
    const rounds = classRounds(scans, all, new Rng(SPLIT_SEED));
    splits = {
      train: rounds.slice(0, TRAIN),
      validation: rounds.slice(TRAIN, TRAIN + VALIDATION),
      test: rounds.slice(TRAIN + VALIDATION),
    };
  }
  return splits[split];
}

/**
 * The few training scans whose traces the supervised warm start may see: class-balanced (each digit ⌊n/10⌋ or
 * ⌈n/10⌉ times), another choice for each seed. A smaller n of the same seed is a subset of a larger one.
 *
 * @param n 1 to 1,200
 * @throws ConfigError when n is no whole number in that range
 */
export function warmStartScans(n: number, seed: number): readonly number[] {
  if (!Number.isInteger(n) || n < 1 || n > TRAIN) {
    throw new ConfigError(`warm-start scans: expected a whole number from 1 to ${TRAIN}, got ${n}`);
  }
  return classRounds(digitScans(), splitScans("train"), new Rng(seed).fork("warm-start")).slice(0, n);
}
