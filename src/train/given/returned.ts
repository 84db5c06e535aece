/**
 * @module
 * Results of a user's functions, checked: lists of the right length, numbers where numbers are expected.
 */
import { PartError } from "../../errors/index.ts";
import { partError, shownValue } from "../../parts/index.ts";

/**
 * A function whose failures name it, and whose results are checked.
 *
 * @param check throws a PartError that names the function
 */
export function heldFunction<Arguments extends unknown[], Result>(
  work: (...given: Arguments) => Result,
  name: string,
  check?: (result: Result, ...given: Arguments) => void,
): (...given: Arguments) => Result {
  return (...given) => {
    try {
      const result = work(...given);
      check?.(result, ...given);
      return result;
    } catch (error) {
      throw partError(error, name);
    }
  };
}

/** A list as user code may return it. */
type GivenList<T> = { readonly length: number; readonly [index: number]: T | undefined } | undefined | null;

const sizeOf = (list: unknown) => {
  const length = (list as GivenList<unknown>)?.length;
  return typeof length === "number" ? String(length) : shownValue(list);
};

/**
 * Throws unless a list has so many items.
 *
 * @param what the items, such as "rows"
 * @throws PartError
 */
export function requireCount(list: unknown, count: number, what: string, where: string): void {
  if ((list as GivenList<unknown>)?.length === count) return;
  throw new PartError(`${where}: expected ${count} ${what}, got ${sizeOf(list)}`);
}

/** The completion of a row of numbers, and the numbers that it may have. */
interface RowOptions {
  /** `[T]` 1 where the token counts; elsewhere any number is allowed. */
  readonly mask: ArrayLike<number>;
  /** The completion, in errors. */
  readonly place: string;
  readonly fits: (number: number) => boolean;
}

/**
 * Throws unless a row has a number for each token, and one that fits where the token counts.
 *
 * @throws PartError
 */
export function requireRow(row: unknown, { mask, place, fits }: RowOptions, where: string): void {
  requireCount(row, mask.length, `numbers for ${place}`, where);
  const numbers = row as ArrayLike<unknown>;
  for (let t = 0; t < mask.length; t++) {
    const number = numbers[t];
    if (mask[t] === 0 || (typeof number === "number" && fits(number))) continue;
    throw new PartError(`${where}: expected numbers, got ${shownValue(number)} (token ${t} of ${place})`);
  }
}

/**
 * Throws unless a record has these numbers. Infinite numbers are a matter of the batch, and end in an error of the
 * whole objective.
 *
 * @param input of the function, in errors
 * @throws PartError
 */
export function requireNumbers(
  record: unknown,
  names: readonly string[],
  input: string,
  where: string,
): void {
  const found = (record ?? {}) as Readonly<Record<string, unknown>>;
  const isNumber = (name: string) => typeof found[name] === "number" && !Number.isNaN(found[name]);
  if (names.every(isNumber)) return;
  const wanted = names.join(", ").replace(/, ([^,]*)$/, " and $1");
  throw new PartError(`${where}: expected numbers ${wanted}, got ${shownValue(record)} (${input})`);
}

/**
 * Throws unless a member of a returned record is one of these words.
 *
 * @param input of the function, in errors
 * @throws PartError
 */
export function requireOneOf(
  value: unknown,
  member: string,
  { choices, input }: { readonly choices: readonly string[]; readonly input: string },
  where: string,
): void {
  if (typeof value === "string" && choices.includes(value)) return;
  const words = choices.map((choice) => JSON.stringify(choice)).join(", ");
  throw new PartError(
    `${where}: expected ${member} to be one of ${words}, got ${shownValue(value)} (${input})`,
  );
}
