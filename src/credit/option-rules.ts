/**
 * @module
 * The options of a method's function, as the schema of its configuration has them: one place says what each may be, and
 * its default.
 */
import type * as z from "zod";
import { ConfigError, NumericError } from "../errors/index.ts";
import { type Given, type OptionRule, type Read, readOptions, required } from "../math/options.ts";
import { faultText } from "../parts/index.ts";

type Frozen<T> = T extends readonly unknown[] ? Readonly<T> : T;

type Fields<Shape extends z.ZodRawShape, Name extends keyof Shape> = {
  readonly [N in Name]: OptionRule<Frozen<z.output<Shape[N]>>>;
};

/**
 * A function that reads some fields of a schema as options, and refuses others.
 *
 * @example
 * const readOptions = optionsOf(vppoSchema, "tokenShare", "minScale", "score");
 */
export function optionsOf<Shape extends z.ZodRawShape, Name extends keyof Shape & string>(
  schema: z.ZodObject<Shape>,
  ...names: readonly Name[]
): (options: Given<Fields<Shape, Name>>) => Read<Fields<Shape, Name>> {
  const rules = optionRules(schema, ...names);
  return (options) => readOptions(options, rules);
}

/** The same of options that must all be given. */
export function neededOptionsOf<Shape extends z.ZodRawShape, Name extends keyof Shape & string>(
  schema: z.ZodObject<Shape>,
  ...names: readonly Name[]
): (options: Given<Fields<Shape, Name>>) => Read<Fields<Shape, Name>> {
  const rules = required(optionRules(schema, ...names));
  return (options) => readOptions(options, rules);
}

/** The rules of some fields of a schema. */
export function optionRules<Shape extends z.ZodRawShape, Name extends keyof Shape & string>(
  { shape }: z.ZodObject<Shape>,
  ...names: readonly Name[]
): Fields<Shape, Name> {
  return Object.fromEntries(
    names.map((name) => [name, ruleOf(shape[name]! as unknown as z.ZodType)]),
  ) as Fields<Shape, Name>;
}

function ruleOf(field: z.ZodType): OptionRule<unknown> {
  return {
    fallback: field.parse(undefined),
    read: (name, given) => {
      const { error } = field.safeParse(given);
      if (error === undefined) return given;
      const isNumeric = [given].flat().some((value) => typeof value === "number");
      const message = `${name}: ${faultText(error.issues[0]!, given)}`;
      throw isNumeric ? new NumericError(message) : new ConfigError(message);
    },
  };
}
