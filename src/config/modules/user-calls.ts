/**
 * @module
 * Calls of code of user modules: failures name the part, and nothing takes for ever.
 */
import { FoveaError, PartError } from "../../errors/index.ts";
import { errorText, withinTime } from "../../parts/index.ts";

/** A failure of a user's part as an error that names it; typed errors stay as they are. */
export function partError(error: unknown, part: string): Error {
  if (error instanceof FoveaError) return error;
  return new PartError(`${part}: ${errorText(error)}`, { cause: error });
}

/**
 * What user code returns, now or later.
 *
 * @throws PartError naming the part when it throws, or takes longer than `limit` milliseconds
 */
export async function calling<T>(part: string, limit: number, work: () => T | PromiseLike<T>): Promise<T> {
  try {
    const late = () => new PartError(`${part}: did not end within ${limit / 1000} s`);
    return await withinTime(work(), { milliseconds: limit, late });
  } catch (error) {
    throw partError(error, part);
  }
}
