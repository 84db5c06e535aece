/**
 * @module
 * The options of a function: which there are, what each may be, and what it is where it is not given. Callers without
 * types would be answered by defaults otherwise.
 */
import { ConfigError } from "../errors/index.ts";
import { nearestName } from "../errors/nearest-name.ts";
import { requireChoice, requireNumber, requireWhole } from "./check.ts";

/** The values of an option. */
export interface OptionRule<Value, Given = Value> {
  /** Where it is not given. */
  readonly fallback: Value;
  /** Whether it must be given, and has no default. */
  readonly isRequired?: true;
  /**
   * The value to use.
   *
   * @throws ConfigError, NumericError when it cannot be
   */
  readonly read: (name: string, given: Given) => Value;
}

type Rules = Readonly<Record<string, OptionRule<unknown, never>>>;
export type Given<R extends Rules> = { readonly [K in keyof R]?: Parameters<R[K]["read"]>[1] | undefined };
export type Read<R extends Rules> = { readonly [K in keyof R]: R[K]["fallback"] };

/** Factors beyond all use are refused, so that products of them stay finite. */
const MOST_FACTOR = 1e100;

/** A number in [low, high]; finite. */
export function numberIn(low: number, high: number, fallback: number): OptionRule<number> {
  return checked(fallback, (name, given) => requireNumber(name, given, low, high));
}

/** A factor ≥ 0. */
export function factor(fallback: number): OptionRule<number> {
  return numberIn(0, MOST_FACTOR, fallback);
}

/** A whole number in [low, high]. */
export function wholeIn(low: number, high: number, fallback: number): OptionRule<number> {
  return checked(fallback, (name, given) => requireWhole(name, given, low, high));
}

/** The seed of a generator. */
export const SEED: OptionRule<number> = checked(0, (name, given) => {
  if (!Number.isSafeInteger(given)) throw new ConfigError(`${name}: expected an integer, got ${given}`);
});

/** One of some names. */
export function oneOf<const Name extends string>(
  names: readonly Name[],
  fallback: NoInfer<Name>,
): OptionRule<Name> {
  return checked<Name>(fallback, (name, given) => requireChoice(name, given, names));
}

/** True or false. */
export function flag(fallback: boolean): OptionRule<boolean> {
  return checked(fallback, (name, given) => {
    if (typeof given !== "boolean")
      throw new ConfigError(`${name}: expected true or false, got ${String(given)}`);
  });
}

/** The same options, all of which must be given. */
export function required<R extends Rules>(rules: R): R {
  const entries = Object.entries(rules).map(([name, rule]) => [name, { ...rule, isRequired: true }]);
  return Object.fromEntries(entries) as R;
}

/** An option that stays undefined where it is not given. */
export function optional<Value, Input>(rule: OptionRule<Value, Input>): OptionRule<Value | undefined, Input> {
  return { ...rule, fallback: undefined };
}

/** A step with options of its own: false where it is off, true for all its defaults. */
export function step<R extends Rules>(rules: R): OptionRule<Read<R> | false, boolean | Given<R>> {
  return {
    fallback: readOptions({}, rules),
    read: (name, given) => {
      if (given === false) return false;
      return readOptions(given === true ? {} : given, rules, name);
    },
  };
}

/** Any value that a check does not refuse. */
export function checked<Value>(
  fallback: Value,
  check: (name: string, given: Value) => void,
): OptionRule<Value> {
  return {
    fallback,
    read: (name, given) => {
      check(name, given);
      return given;
    },
  };
}

/**
 * The options with defaults in the place of absent options.
 *
 * @param rules of every option that there is
 * @param path of the options where they are a part of others
 * @throws ConfigError when they are no object, or have an option that there is not
 * @throws ConfigError, NumericError when a value cannot be
 */
export function readOptions<R extends Rules>(options: Given<R>, rules: R, path?: string): Read<R> {
  const given: unknown = options;
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw notThese(rules, path, Array.isArray(given) ? "an array" : String(given));
  }
  const values = given as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(values)) {
    if (values[name] === undefined || Object.hasOwn(rules, name)) continue;
    const near = nearestName(name, Object.keys(rules));
    throw notThese(rules, path, `"${name}"${near === undefined ? "" : `; did you mean "${near}"?`}`);
  }
  const read: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(rules)) {
    const value = values[name];
    if (value === undefined && rule.isRequired) throw notThese(rules, path, `none as ${name}`);
    read[name] =
      value === undefined ? rule.fallback : rule.read(path ? `${path}.${name}` : name, value as never);
  }
  return read as Read<R>;
}

function notThese(rules: Rules, path: string | undefined, got: string): ConfigError {
  const expected = `expected an object with some of ${Object.keys(rules).join(", ")}`;
  return new ConfigError(`${path ?? "options"}: ${expected}, got ${got}`);
}
