/**
 * @module
 * What a grid says: held-out accuracy of each pair of algorithm and credit over seeds, and what the credit method
 * gained over uniform credit at the same seeds.
 */
import { markdownTable, textTable } from "../eval/index.ts";
import { type Interval, type PairedDifference, pairedDifference, studentInterval } from "../math/index.ts";
import type { CellResult } from "./run-grid.ts";

/** One pair of algorithm and credit method. Accuracies lie in [0, 1]. */
export interface ComparisonRow {
  readonly algorithm: string;
  readonly credit: string;
  readonly seeds: readonly number[];
  /** Mean over seeds with Student's 95 % interval, which is infinite for one seed and of a few may leave [0, 1]. */
  readonly accuracy: Interval;
  /** Mean over seeds before learning. */
  readonly accuracyBefore: number;
  /** Accuracy less that of uniform credit with the same algorithm and seed; absent without such a cell. */
  readonly overUniform?: PairedDifference;
}

/** Name of the credit that others are compared with. */
const UNIFORM = "uniform";

/** Rows in the order in which their first cells stand. */
export function comparisonRows(results: readonly CellResult[]): ComparisonRow[] {
  const groups = new Map<string, CellResult[]>();
  for (const result of results) {
    const key = JSON.stringify([result.algorithm, result.credit]);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()].map((group) => {
    const { algorithm, credit } = group[0]!;
    const pairs = group.flatMap(({ accuracy, seed }) => {
      const uniform = results.find(
        (other) => other.algorithm === algorithm && isUniform(other) && other.seed === seed,
      );
      return uniform === undefined || isUniform(group[0]!) ? [] : [[accuracy, uniform.accuracy] as const];
    });
    return {
      algorithm,
      credit,
      seeds: group.map(({ seed }) => seed),
      accuracy: studentInterval(group.map(({ accuracy }) => accuracy)),
      accuracyBefore: group.reduce((sum, result) => sum + result.accuracyBefore, 0) / group.length,
      ...(pairs.length > 0 && {
        overUniform: pairedDifference(
          pairs.map(([own]) => own),
          pairs.map(([, uniform]) => uniform),
        ),
      }),
    };
  });
}

const isUniform = ({ config }: CellResult) => config.credit.kind === UNIFORM;

const percent = (share: number) => (100 * share).toFixed(1);
const signed = (share: number) => `${share < 0 ? "−" : "+"}${percent(Math.abs(share))}`;
const interval = ({ low, high }: Interval, text: (share: number) => string) =>
  Number.isFinite(low) ? ` [${text(low)}, ${text(high)}]` : "";

/** The interval cut to [0, 1], which no accuracy can leave. */
function withinShares({ estimate, low, high }: Interval): Interval {
  if (!Number.isFinite(low)) return { estimate, low, high };
  return { estimate, low: Math.max(0, low), high: Math.min(1, high) };
}

const HEADINGS = [
  "algorithm",
  "credit",
  "seeds",
  "before, %",
  "accuracy, %",
  "over uniform, points",
] as const;

function words({ algorithm, credit, seeds, accuracy, accuracyBefore, overUniform }: ComparisonRow): string[] {
  return [
    algorithm,
    credit,
    String(seeds.length),
    percent(accuracyBefore),
    `${percent(accuracy.estimate)}${interval(withinShares(accuracy), percent)}`,
    overUniform ? `${signed(overUniform.estimate)}${interval(overUniform, signed)}` : "",
  ];
}

/** Rows as a text table; brackets are 95 % intervals over seeds. */
export function comparisonText(rows: readonly ComparisonRow[]): string {
  return `${textTable([HEADINGS, ...rows.map(words)])}\n`;
}

/** Rows as a Markdown table. */
export function comparisonMarkdown(rows: readonly ComparisonRow[]): string {
  return `${markdownTable([HEADINGS, ...rows.map(words)])}\n`;
}
