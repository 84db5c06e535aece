/**
 * @module
 * `--set key=value`: a dotted key and a typed value.
 */
import { parse } from "yaml";
import type { z } from "zod";
import { ConfigError } from "../errors/index.ts";
import { isSettings, type Settings } from "../parts/index.ts";
import { mergeSettings } from "./merge.ts";
import { valueType } from "./schema-keys.ts";
import { expandShortForms, hasShortForm } from "./short-forms.ts";

/** The value as YAML reads it, unless the schema wants a string there. */
function typedValue(schema: z.core.$ZodType, path: readonly string[], text: string): unknown {
  if (valueType(schema, path) === "string") return text;
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    return text;
  }
  const [first = "", ...below] = path;
  return below.length === 0 && hasShortForm(first) && !isSettings(value) ? text : value;
}

/** The dotted key of the list that a key is within; undefined where no list contains it. */
function listAbove(schema: z.core.$ZodType, path: readonly string[]): string | undefined {
  const depth = path.findIndex(
    (_, i) => i > 0 && ["array", "tuple"].includes(valueType(schema, path.slice(0, i)) ?? ""),
  );
  return depth < 0 ? undefined : path.slice(0, depth).join(".");
}

/**
 * Turns flags such as `train.iterations=3` into one tree; a later flag wins over an earlier one.
 *
 * @throws ConfigError when a flag is not `key=value`, or its key is of an entry of a list
 */
export function settingsFromFlags(schema: z.core.$ZodType, flags: readonly string[]): Settings {
  let settings: Settings = {};
  for (const flag of flags) {
    const equals = flag.indexOf("=");
    const path = flag.slice(0, Math.max(equals, 0)).trim().split(".");
    if (equals < 1 || path.some((step) => step === "")) {
      throw new ConfigError(`--set: expected key=value such as train.iterations=3, got "${flag}"`);
    }
    const list = listAbove(schema, path);
    if (list !== undefined) {
      throw new ConfigError(
        `--set: ${list} is a list, whose entries cannot be set by themselves; set all of it, as in ${list}=[…], got "${flag}"`,
      );
    }
    const value = typedValue(schema, path, flag.slice(equals + 1));
    const tree = path.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value);
    settings = mergeSettings(settings, expandShortForms(tree as Settings));
  }
  return settings;
}
