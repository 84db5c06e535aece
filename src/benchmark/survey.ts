/**
 * @module
 * One pass over the rows of a benchmark when it is opened. It checks that ids are unique, and gathers facts that
 * measures and splits need before any problem is asked for.
 */
import type { Row } from "../data/index.ts";
import { DataError } from "../errors/index.ts";
import type { PublishedRows } from "./published-rows.ts";

/** Names that distinguish a row from all others. */
interface Named {
  readonly id: string;
  /** The number that the file gives the row, where it has to be unique too. */
  readonly index?: string | undefined;
}

/**
 * Facts of every row, in order; undefined for a row that does not count.
 *
 * @param factsOf the id and all other required facts of a row; throws a DataError where it is broken
 * @throws DataError with file and row when a row cannot be read, or has the id or index of another
 */
export async function surveyRows<Name extends string, Facts extends Named>(
  benchmark: string,
  { form, rows }: PublishedRows<Name>,
  factsOf: (row: Row, place: { readonly form: Name; readonly index: number }) => Facts | undefined,
): Promise<readonly (Facts | undefined)[]> {
  const ids = new Map<string, number>();
  const indices = new Map<string, number>();
  const requireOwn = (known: Map<string, number>, name: string | undefined, row: number) => {
    if (name === undefined) return;
    const before = known.get(name);
    if (before !== undefined) {
      throw new DataError(
        `benchmark ${benchmark}: ${rows.place(row)}: has the id ${name} of ${rows.place(before)}`,
      );
    }
    known.set(name, row);
  };
  const survey: (Facts | undefined)[] = [];
  for (let index = 0; index < rows.size; index++) {
    const row = await rows.row(index);
    const facts = await rows.placed(index, () => factsOf(row, { form, index }));
    survey.push(facts);
    if (facts === undefined) continue;
    requireOwn(indices, facts.index, index);
    requireOwn(ids, facts.id, index);
  }
  return survey;
}

/**
 * The places of the rows that count.
 *
 * @throws DataError when none does
 */
export function countedPlaces(
  benchmark: string,
  survey: readonly unknown[],
  expected: string,
): readonly number[] {
  const places = survey.flatMap((facts, index) => (facts === undefined ? [] : [index]));
  if (places.length === 0) throw new DataError(`benchmark ${benchmark}: expected ${expected}, got none`);
  return places;
}
