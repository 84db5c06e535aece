/**
 * @module
 * Numbers of an answer that must be there.
 */
import { EngineError } from "../../errors/index.ts";

/**
 * The same numbers.
 *
 * @throws EngineError naming the first number that is not finite: JSON has null where a number is NaN or infinite
 */
export function finiteNumbers(values: Float64Array, name: string, where: string): Float64Array {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return values;
  throw new EngineError(`${where}: ${name}[${at}]: expected a finite number, got ${values[at]}`);
}
