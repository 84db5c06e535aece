/**
 * @module
 * An answer in the form that its call expects.
 */
import type * as z from "zod";
import { EngineError } from "../../errors/index.ts";

/**
 * An answer in its expected form.
 *
 * @throws EngineError naming the call and what is wrong
 */
export function parsed<T extends z.ZodType>(schema: T, answer: unknown, call: string): z.output<T> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "the answer" : issue.path.join(".");
  throw new EngineError(`${call}: the server speaks another protocol: ${where}: ${issue?.message}`);
}
