/**
 * @module
 * An axis of a grid: a key of the configuration and the values that it takes. `preset` is an axis of presets, `config` one
 * of whole settings under names of one's own, and any other key a dotted path, such as `credit` or `train.groupSize`.
 */
import * as z from "zod";
import { findPreset } from "../config/index.ts";
import { ConfigError } from "../errors/index.ts";
import { isSettings, type Settings } from "../parts/index.ts";

/** A list of values, which are their own names, or values by names of one's own. */
export const axisSchema = z.union([
  z.array(z.unknown()).min(1),
  z.record(z.string().min(1), z.unknown()).refine((values) => Object.keys(values).length > 0, {
    error: "expected at least one value",
  }),
]);

/** One value of an axis, as settings. */
export interface AxisValue {
  /** Name in tables. */
  readonly label: string;
  /** Settings that file and grid are laid over; of the axis `preset` alone. */
  readonly base?: Settings;
  /** Settings that override file and grid. */
  readonly over?: Settings;
}

export interface Axis {
  readonly key: string;
  readonly values: readonly AxisValue[];
}

/** The name of a value in one line of a table. */
function labelOf(key: string, value: unknown): string {
  if (isSettings(value)) {
    const kind = value["kind"];
    if (typeof kind === "string") return kind;
    throw new ConfigError(
      `grid.axes.${key}: expected names for settings without a kind: { name: ${JSON.stringify(value)}, … }`,
    );
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

function settingsOf(key: string, label: string, value: unknown): AxisValue {
  if (key === "preset") {
    if (typeof value !== "string") {
      throw new ConfigError(`grid.axes.preset: expected names of presets, got ${JSON.stringify(value)}`);
    }
    return { label, base: findPreset(value).settings as Settings };
  }
  if (key === "config") {
    if (!isSettings(value)) {
      throw new ConfigError(
        `grid.axes.config: expected settings under names, { name: { … }, … }, got ${JSON.stringify(value)}`,
      );
    }
    return { label, over: value };
  }
  return {
    label,
    over: key.split(".").reduceRight<unknown>((inner, step) => ({ [step]: inner }), value) as Settings,
  };
}

/**
 * The axis that a grid file describes.
 *
 * @throws ConfigError when a value has no name, or two have the same
 */
export function readAxis(key: string, values: z.output<typeof axisSchema>): Axis {
  if (key.split(".").includes("")) throw new ConfigError(`grid.axes: expected dotted keys, got "${key}"`);
  const pairs = Array.isArray(values)
    ? values.map((value): [string, unknown] => [labelOf(key, value), value])
    : Object.entries(values);
  const labels = pairs.map(([label]) => label);
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) {
    throw new ConfigError(`grid.axes.${key}: "${twice}" twice; give the values names: { name: …, other: … }`);
  }
  const odd = labels.find((label) => /[\r\n\t]/.test(label));
  if (odd !== undefined) {
    throw new ConfigError(`grid.axes.${key}: expected names of one line, got ${JSON.stringify(odd)}`);
  }
  return { key, values: pairs.map(([label, value]) => settingsOf(key, label, value)) };
}
