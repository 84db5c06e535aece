/**
 * @module
 * Presets of papers, written so that every value has a source: one line per key, with the value and a quote. Lines that
 * several presets of a paper share are a record, spread into each. A source that starts with "ours" means that the
 * paper prints no value.
 */
import { isSettings } from "../../parts/index.ts";
import type { ConfigInput } from "../schema.ts";
import type { Preset } from "./preset.ts";

/**
 * Dotted keys of the configuration, each with its value and the source of the value. Entries of the reward list are
 * named by their kind: `reward.format.weight`. `OFF` omits an option that is off by default.
 */
export type Quotes = Readonly<Record<string, readonly [value: QuotedValue, source: string]>>;

type QuotedValue =
  | string
  | number
  | boolean
  | readonly number[]
  | readonly string[]
  | readonly Readonly<Record<string, string | number | boolean>>[]
  | typeof OFF;

/** Stated, and not given. */
export const OFF = undefined;

/**
 * The preset made from the lines.
 *
 * @param summary one line, for people
 * @example
 * quotedPreset("short", "three rounds", { "train.iterations": [3, "enough to see"] }).settings; // { train: { iterations: 3 } }
 */
export function quotedPreset(name: string, summary: string, quotes: Quotes): Preset {
  const settings: Record<string, unknown> = {};
  const sources: Record<string, string> = {};
  for (const [key, [value, source]] of Object.entries(quotes)) {
    sources[key] = source;
    if (value === OFF) continue;
    const path = key.split(".");
    const last = path.pop()!;
    let section = settings;
    for (const part of path) {
      section[part] ??= {};
      section = section[part] as Record<string, unknown>;
    }
    section[last] = value;
  }
  const { reward } = settings;
  if (isSettings(reward)) {
    settings["reward"] = Object.entries(reward).map(([kind, options]) => ({ kind, ...(options as object) }));
  }
  return { name, summary, settings: settings as ConfigInput, sources };
}
