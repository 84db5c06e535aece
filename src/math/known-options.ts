/**
 * @module
 * The check of a function's options, for callers without types.
 */
import { ConfigError } from "../errors/index.ts";
import { nearestName } from "../errors/nearest-name.ts";

/**
 * The options themselves.
 *
 * @throws ConfigError when they are no object, or have an option that there is not
 */
export function knownOptions<Options extends object>(
  options: Options,
  known: readonly (keyof Options & string)[],
): Options {
  const given: unknown = options;
  const expected = `options: expected an object with some of ${known.join(", ")}`;
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new ConfigError(`${expected}, got ${Array.isArray(given) ? "an array" : String(given)}`);
  }
  const isKnown = (name: string) => (known as readonly string[]).includes(name);
  const unknown = Object.entries(given).find(([name, value]) => value !== undefined && !isKnown(name));
  if (unknown === undefined) return options;
  const near = nearestName(unknown[0], known);
  throw new ConfigError(
    `${expected}, got "${unknown[0]}"${near === undefined ? "" : `; did you mean "${near}"?`}`,
  );
}
