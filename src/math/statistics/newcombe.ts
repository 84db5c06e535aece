/**
 * @module
 * Interval of the difference of two proportions measured on the same problems.
 */
import type { Interval } from "./interval.ts";
import { type PairedTable, tableSize } from "./paired-table.ts";
import { wilsonInterval } from "./wilson.ts";

/**
 * Newcombe's square-and-add interval of a paired difference, from the two Wilson intervals [l, u] and the correlation φ of
 * the two evaluations. It stays within [−1, 1] and has a width where the evaluations agree on every problem.
 *
 *     d − √((p₁ − l₁)² − 2φ·(p₁ − l₁)(u₂ − p₂) + (u₂ − p₂)²)   to
 *     d + √((u₁ − p₁)² − 2φ·(u₁ − p₁)(p₂ − l₂) + (p₂ − l₂)²),   d = p₁ − p₂
 *
 *     φ = C / √(R₁·R₀·S₁·S₀),   C = max(0, A − n/2) for A = both·neither − onlyFirst·onlySecond ≥ 0, else A
 *
 * R and S are the counts of right and wrong of each evaluation; φ is 0 where one of them is 0.
 *
 * Source: Newcombe, Statistics in Medicine 17 (1998), 2635–2650, method 10.
 *
 * @returns in [−1, 1]; without problems estimate 0 and the interval [−1, 1]
 * @throws NumericError when a count is not an integer ≥ 0 or the level is outside (0, 1)
 * @example
 * newcombeInterval({ both: 59, onlyFirst: 6, onlySecond: 16, neither: 80 }); // −0.0621, [−0.1186, −0.0046]
 */
export function newcombeInterval(table: PairedTable, level = 0.95): Interval {
  const problems = tableSize(table);
  const first = wilsonInterval(table.both + table.onlyFirst, problems, level);
  const second = wilsonInterval(table.both + table.onlySecond, problems, level);
  if (problems === 0) return { estimate: 0, low: -1, high: 1 };
  const estimate = (table.onlyFirst - table.onlySecond) / problems;
  const phi = correlation(table, problems);
  const below = distance(first.estimate - first.low, second.high - second.estimate, phi);
  const above = distance(first.high - first.estimate, second.estimate - second.low, phi);
  return { estimate, low: Math.max(-1, estimate - below), high: Math.min(1, estimate + above) };
}

function correlation({ both, onlyFirst, onlySecond, neither }: PairedTable, problems: number): number {
  const firstSpread = Math.sqrt(both + onlyFirst) * Math.sqrt(onlySecond + neither);
  const secondSpread = Math.sqrt(both + onlySecond) * Math.sqrt(onlyFirst + neither);
  if (firstSpread === 0 || secondSpread === 0) return 0;
  const agreement = both * neither - onlyFirst * onlySecond;
  const corrected = agreement < 0 ? agreement : Math.max(0, agreement - problems / 2);
  return corrected / firstSpread / secondSpread;
}

/** √(a² − 2φ·a·b + b²), which rounding may not take below 0. */
function distance(a: number, b: number, phi: number): number {
  return Math.sqrt(Math.max(0, a * a - 2 * phi * a * b + b * b));
}
