/**
 * @module
 * Built-in parts by kind, given as a string or as an object with kind and options.
 */
import type * as z from "zod";
import { ConfigError } from "../errors/index.ts";
import { nearestName } from "../errors/nearest-name.ts";
import type { KindSchema } from "./definition.ts";
import { faultText } from "./fault-text.ts";
import { isSettings } from "./settings.ts";
import { shownValue } from "./shown-value.ts";

/** Whether a part is given by kind. */
export function isByKind(given: unknown): given is string | { readonly kind: unknown } {
  return typeof given === "string" || (isSettings(given) && "kind" in given);
}

/**
 * The complete options of a part given by kind.
 *
 * @param where the part, for errors
 * @throws ConfigError naming what is unknown or impossible
 */
export function parseByKind<Schema extends z.ZodDiscriminatedUnion<readonly KindSchema[], "kind">>(
  schema: Schema,
  given: string | { readonly kind: unknown },
  where: string,
): z.output<Schema> {
  const config = isSettings(given) ? given : { kind: given };
  const own = schema.options.find(({ shape }) => shape.kind.value === config.kind);
  if (own === undefined) {
    const kinds = schema.options.map(({ shape }) => shape.kind.value);
    const near = typeof config.kind === "string" ? nearestName(config.kind, kinds) : undefined;
    const hint = near === undefined ? "" : `; did you mean "${near}"?`;
    const place = isSettings(given) ? `${where}.kind` : where;
    throw new ConfigError(
      `${place}: expected one of ${kinds.join(", ")}, got ${shownValue(config.kind)}${hint}`,
    );
  }
  const parsed = schema.safeParse(config);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const place = [where, ...issue.path].join(".");
    if (issue.code !== "unrecognized_keys") return `${place}: ${faultText(issue, config)}`;
    const unknown = issue.keys.map((key) => `"${key}"`).join(", ");
    return `${place}: unknown option ${unknown}; ${String(config.kind)} has ${Object.keys(own.shape).join(", ")}`;
  });
  throw new ConfigError(lines.join("\n"));
}
