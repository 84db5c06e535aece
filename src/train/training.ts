/**
 * @module
 * What an iteration works with, and what it carries from one to the next.
 */
import type { CreditMethod } from "../credit/index.ts";
import type { Problem, ProblemSource } from "../data/index.ts";
import type { Engine } from "../engine/index.ts";
import type { Dialogue, RowCounts } from "../eval/index.ts";
import type { Rng } from "../math/index.ts";
import type { Reward } from "../verify/index.ts";
import type { Config } from "./config/schema.ts";

/** Judges one completion of so many tokens; null where it cannot. */
export type Verifier = (completion: string, problem: Problem, tokens: number) => Reward | null;

/** Everything that stays the same over a run. */
export interface Training {
  readonly config: Config;
  readonly engine: Engine;
  readonly dialogue: Dialogue;
  readonly source: ProblemSource;
  /** Problems of evaluations between iterations; only where there are any. */
  readonly validation?: ProblemSource | undefined;
  /** Index of the problem at a position of the stream. */
  readonly order: (position: number) => number;
  readonly verify: Verifier;
  readonly credit: CreditMethod;
  /** Milliseconds from any fixed moment. */
  readonly clock: () => number;
}

/** Where a batch begins. */
export interface Position {
  /** Of the next problem in the stream. */
  readonly dataPosition: number;
  /** Rows of the data set since the start of the run. */
  readonly rows: RowCounts;
}

/** What batches are drawn with; every draw moves it on. */
export interface Draws {
  dataPosition: Position["dataPosition"];
  rows: Position["rows"];
  readonly rng: Rng;
}

/** What changes: all of it is in a checkpoint. */
export interface Progress extends Draws {
  /** Sums since the start of the run. */
  totals: { completions: number; tokens: number; steps: number; skippedSteps: number };
}
