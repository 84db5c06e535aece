/**
 * @module
 * Completes and checks settings that a program passes, as for a configuration.
 */
import type * as z from "zod";
import { ConfigError } from "../../errors/index.ts";

/**
 * @param where the part, for errors
 * @throws ConfigError naming every setting that is unknown or impossible
 */
export function parsePart<Schema extends z.ZodType>(
  schema: Schema,
  settings: object | undefined,
  where: string,
): z.output<Schema> {
  const parsed = schema.safeParse(settings ?? {});
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `${[where, ...path].join(".")}: ${message}`);
  throw new ConfigError(lines.join("\n"));
}
