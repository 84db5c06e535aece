/**
 * @module
 * Lays one tree of settings over another.
 */

import { isSettings, type Settings } from "../parts/index.ts";

/**
 * Merges `over` into `base` key by key. Where both have a `kind` and the kinds differ, `over` replaces the whole
 * object, so that no options of the other kind remain.
 */
export function mergeSettings(base: Settings, over: Settings): Settings {
  if ("kind" in base && "kind" in over && base["kind"] !== over["kind"]) return over;
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const below = merged.get(key);
    merged.set(key, isSettings(below) && isSettings(value) ? mergeSettings(below, value) : value);
  }
  // Unlike assignment, this makes "__proto__" an ordinary key, so that validation rejects it as unknown.
  return Object.fromEntries(merged);
}
