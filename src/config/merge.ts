/**
 * @module
 * Lays one tree of settings over another.
 */

import { isSettings, type Settings } from "../parts/index.ts";

/**
 * `over` laid on `base`, key by key; where both have a `kind` and they differ, `over` replaces the whole object,
 * so that options of another kind do not linger.
 */
export function mergeSettings(base: Settings, over: Settings): Settings {
  if ("kind" in base && "kind" in over && base["kind"] !== over["kind"]) return over;
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const below = merged.get(key);
    merged.set(key, isSettings(below) && isSettings(value) ? mergeSettings(below, value) : value);
  }
  // Unlike assignment this makes a key of "__proto__" too, so that it is found unknown.
  return Object.fromEntries(merged);
}
