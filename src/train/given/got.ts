/**
 * @module
 * A description of the value passed as a part, for error messages.
 */
import { ConfigError } from "../../errors/index.ts";
import { nearestName, shownValue } from "../../parts/index.ts";

const hasFunction = (value: unknown, key: string): boolean =>
  (typeof value === "object" || typeof value === "function") &&
  value !== null &&
  typeof (value as Record<string, unknown>)[key] === "function";

/** The description of a value, with advice if it is a promise or a definition. */
export function gotText(value: unknown): string {
  if (value === undefined) return "none";
  if (hasFunction(value, "then")) return "a promise; await it";
  if (hasFunction(value, "create")) return "a definition; make the part with its .create(options, …)";
  if (typeof value === "function") return "a function";
  return shownValue(value);
}

/**
 * Throws unless a value is an object with functions of these names.
 *
 * @param what description of the part, such as "a task"
 * @throws ConfigError
 */
export function requireMethods(value: unknown, names: readonly string[], where: string, what: string): void {
  if (hasFunction(value, "then")) throw new ConfigError(`${where}: expected ${what}, got ${gotText(value)}`);
  const missing = names.filter((name) => !hasFunction(value, name));
  if (missing.length === 0) return;
  const without = typeof value === "object" && value !== null ? `; it has no ${missing.join(", ")}` : "";
  throw new ConfigError(`${where}: expected ${what}, got ${gotText(value)}${without}`);
}

/** Throws on an unknown key, naming the nearest known one. */
export function requireKnownKeys(given: object, known: readonly string[], where: string): void {
  const values = given as Readonly<Record<string, unknown>>;
  const key = Object.keys(given).find((name) => !known.includes(name) && values[name] !== undefined);
  if (key === undefined) return;
  const near = nearestName(key, known);
  const hint = near === undefined ? "" : `; did you mean "${near}"?`;
  throw new ConfigError(`${where}: expected some of ${known.join(", ")}, got "${key}"${hint}`);
}
