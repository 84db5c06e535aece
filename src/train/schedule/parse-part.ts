/**
 * @module
 * Completes and checks settings that a program passes, as for a configuration.
 */
import * as z from "zod";
import { ConfigError } from "../../errors/index.ts";
import { faultText, nearestName } from "../../parts/index.ts";

/**
 * @param where the part, for errors
 * @throws ConfigError naming every setting that is unknown or impossible
 */
export function parsePart<Schema extends z.ZodType>(
  schema: Schema,
  settings: object | undefined,
  where: string,
): z.output<Schema> {
  const parsed = schema.safeParse(settings === undefined ? {} : settings);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const place = [where, ...issue.path].join(".");
    if (issue.code !== "unrecognized_keys") return `${place}: ${faultText(issue, settings)}`;
    const known = schema instanceof z.ZodObject && issue.path.length === 0 ? Object.keys(schema.shape) : [];
    const unknown = issue.keys.map((key) => {
      const near = nearestName(key, known);
      return `unknown key "${key}"${near === undefined ? "" : `; did you mean "${near}"?`}`;
    });
    return `${place}: ${unknown.join(", ")}`;
  });
  throw new ConfigError(lines.join("\n"));
}
