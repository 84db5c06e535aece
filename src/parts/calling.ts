/**
 * @module
 * Calls of users' functions: failures name the part, and every call has a time limit.
 */
import { PartError } from "../errors/index.ts";
import { partError } from "./part-error.ts";
import { withinTime } from "./within-time.ts";

/**
 * The result of user code, which may be a promise.
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
