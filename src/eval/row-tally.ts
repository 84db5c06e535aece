/**
 * @module
 * Counts the rows of a data set that gave no problem, and says when they are too many.
 */
import { DataError } from "../errors/index.ts";
import { decimalProduct } from "../math/index.ts";
import type { SkippedRow } from "./draw-problem.ts";

/** Rows so far; plain JSON. */
export interface RowCounts {
  readonly drawn: number;
  readonly broken: number;
  readonly filtered: number;
}

/** The share of broken rows is computed over at least this many rows, so that a few early rows do not decide. */
const FEWEST = 100;
/** Broken rows that the error names. */
const NAMED = 5;

/** The counts from which a tally continues, its limit, and the names in its messages. */
export interface TallyOptions {
  readonly counts?: RowCounts | undefined;
  readonly setting?: string | undefined;
  /**
   * Whether each row is drawn once, as in an evaluation: then the share of a source of fewer than a hundred rows is one of its
   * rows. Training draws a small source again and again.
   */
  readonly isOnce?: boolean | undefined;
}

const NO_ROWS: RowCounts = { drawn: 0, broken: 0, filtered: 0 };

/** A count of rows with its limit. */
export class RowTally {
  readonly #maxBrokenShare: number;
  readonly #size: number;
  readonly #fewest: number;
  #counts: RowCounts;
  readonly #setting: string;
  #inARow = 0;
  #named: string[] = [];

  /**
   * @param maxBrokenShare in [0, 1]
   * @param size of the source: as many rows without a problem, one after the other, end the run as well
   * @param options counts of the rows before, and the name of the setting that `maxBrokenShare` is from
   */
  constructor(
    maxBrokenShare: number,
    size: number,
    { counts = NO_ROWS, setting = "data.maxBrokenShare", isOnce = false }: TallyOptions = {},
  ) {
    this.#setting = setting;
    this.#maxBrokenShare = maxBrokenShare;
    this.#size = size;
    this.#fewest = isOnce ? Math.min(FEWEST, size) : FEWEST;
    this.#counts = counts;
  }

  get counts(): RowCounts {
    return this.#counts;
  }

  /** Counts a row that gave a problem. */
  used(): void {
    this.#counts = { ...this.#counts, drawn: this.#counts.drawn + 1 };
    this.#inARow = 0;
  }

  /**
   * Counts a row that gave none.
   *
   *     stop when broken > maxBrokenShare · max(drawn, 100), or min(100, size) in the place of 100 where rows are drawn once
   *
   * @throws DataError when too many are broken, or when no row of the source can be used
   */
  skipped(row: SkippedRow): void {
    const { drawn, broken, filtered } = this.#counts;
    this.#counts = {
      drawn: drawn + 1,
      broken: broken + Number(row.isBroken),
      filtered: filtered + Number(!row.isBroken),
    };
    this.#inARow += 1;
    const now = this.#counts;
    if (row.isBroken) this.#named = [...this.#named, row.message].slice(-NAMED);
    const rows = Math.max(now.drawn, this.#fewest);
    if (row.isBroken && now.broken > decimalProduct(this.#maxBrokenShare, rows).whole) {
      throw new DataError(
        `data: ${now.broken} of ${now.drawn} rows are broken, expected at most a share of ${this.#maxBrokenShare} ` +
          `(${this.#setting}); the last:\n  ${this.#named.join("\n  ")}`,
      );
    }
    if (this.#inARow >= this.#size) {
      throw new DataError(`data: none of ${this.#size} rows can be used; the last: ${row.message}`);
    }
  }
}
