/**
 * @module
 * A body in the form that its call expects.
 */
import type * as z from "zod";
import { Refusal } from "./refusal.ts";

/** @throws Refusal naming the call, the field and its fault */
export function read<S extends z.ZodType>(schema: S, json: unknown, call: string): z.output<S> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Refusal("bad-request", `${call}: ${issue?.path.join(".") || "body"}: ${issue?.message}`);
}
