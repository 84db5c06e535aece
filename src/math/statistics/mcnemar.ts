/**
 * @module
 * McNemar's test: whether two models are right equally often on the same problems, one answer each.
 */
import { incompleteBeta } from "./distributions/incomplete-beta.ts";
import { normalProbability } from "./distributions/normal.ts";
import { type PairedTable, tableSize } from "./paired-table.ts";

/** Outcome of a test of McNemar's. */
export interface McNemarTest {
  /** Exact: problems that the less successful model alone has right. Chi-square: χ² with one degree of freedom. */
  readonly statistic: number;
  /** Two-sided. */
  readonly pValue: number;
}

/**
 * The exact test: under equal models each problem that one of them alone has right is either's with probability ½.
 *
 *     p = min(1, 2·P(B ≤ min(b, c))),   B ~ Binomial(b + c, ½),   b only the first right, c only the second
 *
 * Source: McNemar, Psychometrika 12 (1947); the exact form is the sign test.
 *
 * @returns p 1 if no problem distinguishes the models
 * @throws NumericError when a count is not an integer ≥ 0
 * @example
 * mcnemarExact({ both: 50, onlyFirst: 8, onlySecond: 1, neither: 41 }); // { statistic: 1, pValue: 0.0391 }
 */
export function mcnemarExact(table: PairedTable): McNemarTest {
  tableSize(table);
  const fewer = Math.min(table.onlyFirst, table.onlySecond);
  const more = Math.max(table.onlyFirst, table.onlySecond);
  // P(B ≤ k) = I_½(n − k, k + 1); with b = c it is above ½.
  const pValue = fewer === more ? 1 : Math.min(1, 2 * incompleteBeta(0.5, 0.5, more, fewer + 1));
  return { statistic: fewer, pValue };
}

/**
 * The chi-square test with continuity correction, an approximation for many discordant problems (25 and more).
 *
 *     χ² = (|b − c| − 1)² / (b + c),   p = P(χ²₁ ≥ χ²)
 *
 * Source: Edwards, Psychometrika 13 (1948). As printed, and as in statsmodels, the correction counts where b = c too;
 * R sets χ² to 0 there.
 *
 * @returns χ² 0 and p 1 if no problem distinguishes the models
 * @throws NumericError when a count is not an integer ≥ 0
 * @example
 * mcnemarChiSquare({ both: 50, onlyFirst: 8, onlySecond: 1, neither: 41 }); // { statistic: 4, pValue: 0.0455 }
 */
export function mcnemarChiSquare(table: PairedTable): McNemarTest {
  tableSize(table);
  const { onlyFirst, onlySecond } = table;
  const discordant = onlyFirst + onlySecond;
  if (discordant === 0) return { statistic: 0, pValue: 1 };
  const root = (Math.abs(onlyFirst - onlySecond) - 1) / Math.sqrt(discordant);
  return { statistic: root * root, pValue: 2 * normalProbability(-Math.abs(root)) };
}
