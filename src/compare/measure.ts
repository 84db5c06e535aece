/**
 * @module
 * A measure of a cell: a named number, read from evidence that is gathered once and kept. Several measures may read
 * the same evidence: accuracy and reading from one evaluation. A new kind of measure is a definition in `measures/`.
 */
import * as z from "zod";
import type { Config } from "../config/index.ts";
import type { Engine } from "../engine/index.ts";

/** How a number is written: a share as per cent, seconds, or as it is. */
export const UNITS = ["share", "seconds", "number"] as const;
export type Unit = (typeof UNITS)[number];

/** The unit of a measure that may be of any. */
export const unitOption = z.enum(UNITS).default("number").describe("How it is written.");

/** One number; if it is a mean over problems, with the numbers of the problems. */
export interface Measured {
  /** NaN where there is nothing to measure. */
  readonly value: number;
  /** 95 % interval for other problems of the same kind, if the measure has one. */
  readonly low?: number;
  readonly high?: number;
  /** `[N]` score of each problem, in the order of the problems; null where it could not be judged. */
  readonly scores?: readonly (number | null)[];
}

/** A cell with its weights in an engine. */
export interface Subject {
  readonly config: Config;
  /** Identifies the weights among all cells. */
  readonly identity: string;
  /** Where the evidence may keep files of its own. */
  readonly directory: string;
  /** Directory of the cell's run; undefined for weights that nothing was learnt from. */
  readonly runDirectory: string | undefined;
  /** The engine with the cell's weights, opened when it is first asked for. */
  readonly engine: () => Promise<Engine>;
  readonly signal: AbortSignal | undefined;
  /** Called with the progress of a measure. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** How evidence of a cell is gathered. */
export interface Evidence {
  /** Everything that the evidence follows from beside the cell's weights. */
  readonly identity: (config: Config) => unknown;
  /** Whether weights that nothing was learnt from have it. */
  readonly isOfWeights: boolean;
  /** Names the content of the problems that it is gathered on; absent where it is gathered on none. */
  readonly fingerprint?: (config: Config) => Promise<string>;
  /** A JSON value; undefined when it was interrupted. */
  readonly gather: (subject: Subject) => Promise<unknown>;
}

export interface Measure {
  /** Heading of the column. */
  readonly name: string;
  readonly unit: Unit;
  /** More is better unless given. */
  readonly isLessBetter?: true;
  readonly evidence: Evidence;
  /**
   * Finds out before a cell is trained what would fail after it: files that are missing, and a metric that nothing reports.
   *
   * @throws ConfigError, DataError
   */
  readonly check?: (config: Config) => Promise<void>;
  /** @throws ConfigError when the evidence does not have what is asked for */
  readonly pick: (evidence: unknown) => Measured;
}

/** The context of a measure's definition. */
export interface MeasureContext {
  readonly name: string;
}
