/**
 * @module
 * Calls of code of user modules: failures name the part, and nothing takes for ever.
 */
import { PartError } from "../../errors/index.ts";
import { partError, withinTime } from "../../parts/index.ts";

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
