/**
 * @module
 * A printed table of settings beside the presets that carry them out.
 */
import { findPreset, resolveConfig } from "../config/index.ts";
import { ConfigError } from "../errors/index.ts";
import { isSettings, type Settings } from "../parts/index.ts";
import { printedWords } from "./printed.ts";
import type { SettingsRecipe } from "./schema.ts";

type SettingRow = SettingsRecipe["rows"][number];

/** A printed setting and ours. */
export interface SettingLine {
  readonly name: string;
  readonly group?: string;
  readonly printed: string;
  readonly preset: string;
  readonly key?: string;
  /** The preset's value as JSON; absent where there is no such setting. */
  readonly ours?: string;
  /** How the two go together where they are not equal. */
  readonly means?: string;
  readonly isEqual: boolean;
}

/**
 * The value of a row's setting; undefined where it has no key, null where the setting is off.
 *
 * @throws ConfigError when the preset, or the key in it, does not exist
 */
export function settingOf({ preset, key }: Pick<SettingRow, "preset" | "key">): unknown {
  const config: unknown = resolveConfig({ preset: findPreset(preset).settings as Settings });
  if (key === undefined) return undefined;
  let value: unknown = config;
  for (const step of key.split(".")) {
    const isThere = (isSettings(value) && step in value) || (Array.isArray(value) && step in value);
    if (!isThere) throw new ConfigError(`key: preset ${preset} has no setting ${key}`);
    value = (value as Settings)[step];
  }
  return value ?? null;
}

/** Every printed setting with ours. */
export function settingLines({ rows }: SettingsRecipe): SettingLine[] {
  return rows.map((row) => {
    const value = settingOf(row);
    const { name, group, preset, key, means, printed } = row;
    return {
      name,
      ...(group !== undefined && { group }),
      printed: printedWords(printed),
      preset,
      ...(key !== undefined && { key, ours: typeof value === "string" ? value : JSON.stringify(value) }),
      ...(means !== undefined && { means }),
      isEqual: value === printed,
    };
  });
}
