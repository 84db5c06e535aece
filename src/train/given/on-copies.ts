/**
 * @module
 * Inputs of user functions as copies, so that nothing which they do to them reaches the run.
 */
import { frozenCopy } from "../../parts/index.ts";

/** The function, called with frozen copies of its inputs and with typed arrays of its own. */
export function onCopies<Arguments extends unknown[], Result>(
  work: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  return (...given) => work(...(given.map((one) => frozenCopy(one, () => true)) as Arguments));
}
