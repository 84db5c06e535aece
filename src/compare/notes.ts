/**
 * @module
 * The units of a table's intervals and tests, in words: column by column, since one column has scores of problems and
 * another one number a run.
 */
import type { Difference, Mean } from "./differences.ts";
import type { Pairing } from "./grid.ts";

/** One value of a column. */
export interface NotedValue {
  readonly column: string;
  readonly mean: Mean;
  readonly difference?: Difference;
}

/** So many seeds or problems; undefined where the number is not known. */
interface Span {
  readonly pairing: Pairing;
  readonly count: number | undefined;
}

const PAIRINGS = ["seeds", "problems"] as const satisfies readonly Pairing[];

/** The paired tests, in words. */
const TESTS: Readonly<Record<Pairing, string>> = {
  seeds: "the paired t test",
  problems: "McNemar's exact or the sign-flip test",
};

/** The limit of an interval over the problems of one evaluation. */
const OTHER_SEEDS = "another training run may differ by more";

/** Each unit of pairing with its least and greatest number: "8 problems", "6 to 8 problems". */
function overWords(spans: readonly Span[], before: (pairing: Pairing) => string): string {
  const words = PAIRINGS.flatMap((pairing) => {
    const own = spans.filter((span) => span.pairing === pairing);
    if (own.length === 0) return [];
    const counts = own.flatMap(({ count }) => count ?? []);
    const [least, most] = [Math.min(...counts), Math.max(...counts)];
    const number = counts.length === 0 ? "" : least === most ? `${least} ` : `${least} to ${most} `;
    return [`${before(pairing)}over ${number}${most === 1 ? pairing.slice(0, -1) : pairing}`];
  });
  return words.join(" and ");
}

/** An interval that is infinite is not printed, and its difference is no test. */
const isPrinted = ({ low }: Pick<Mean, "low">) => Number.isFinite(low);

function columnNote(values: readonly NotedValue[]): string {
  const tests = values
    .flatMap(({ difference }) => difference ?? [])
    .filter(isPrinted)
    .map(({ pairing, pairs }): Span => ({ pairing, count: pairs }));
  const means = values
    .map(({ mean }) => mean)
    .filter(isPrinted)
    .map(({ pairing, count }): Span => ({ pairing, count }));
  const intervals = overWords([...means, ...tests], () => "");
  return [
    ...(intervals === "" ? [] : [`brackets are 95 % intervals ${intervals}`]),
    ...(tests.length === 0
      ? []
      : [`p by ${overWords(tests, (pairing) => `${TESTS[pairing]} `)}, Holm over the table`]),
    ...(tests.some(({ pairing }) => pairing === "problems") ? [OTHER_SEEDS] : []),
  ].join("; ");
}

/** The notes of a table: one where all columns are alike, else one for the columns that are. */
export function intervalNotes(values: readonly NotedValue[]): string[] {
  const byNote = new Map<string, string[]>();
  for (const column of new Set(values.map((value) => value.column))) {
    const note = columnNote(values.filter((value) => value.column === column));
    byNote.set(note, [...(byNote.get(note) ?? []), column]);
  }
  const isOne = byNote.size === 1;
  return [...byNote].flatMap(([note, columns]) =>
    note === "" ? [] : [isOne ? note : `${columns.join(", ")}: ${note}`],
  );
}
