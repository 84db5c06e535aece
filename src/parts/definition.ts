/**
 * @module
 * A definition of a part: a schema of its options and a maker. A registry is a list of definitions; the configuration's
 * schema and the creation of parts both follow from the list.
 */
import * as z from "zod";
import { ConfigError } from "../errors/index.ts";
import { faultText } from "./fault-text.ts";

/** A part that a user module exports: the schema of its options and a function that makes it from them. */
export interface Definition<Schema extends z.ZodType, Context, Part> {
  /** Schema of the options in the configuration; without a schema the part has no options. */
  readonly schema?: Schema;
  /**
   * @param options parsed by the schema, every default filled in
   * @param context the facts of the run that the part can read
   */
  create(options: z.output<Schema>, context: Context): Part;
}

/** A strict object schema whose `kind` is one literal. */
export type KindSchema = z.ZodObject<{ kind: z.ZodLiteral<string> }>;

/** A built-in part: its schema has the `kind` that names it. */
export interface KindDefinition<Schema extends KindSchema, Context, Part> {
  readonly schema: Schema;
  create(options: z.output<Schema>, context: Context): Part;
}

/** Gives a definition its types, either of a built-in part, whose schema has a kind, or of a user module's part. */
export interface Define<Context, Part> {
  <Schema extends KindSchema>(
    definition: KindDefinition<Schema, Context, Part>,
  ): KindDefinition<Schema, Context, Part>;
  <Schema extends z.ZodType>(
    definition: Definition<Schema, Context, Part>,
  ): Definition<Schema, Context, Part>;
}

/** Any list of built-in definitions; a maker is called only with options of its kind. */
type Registry<Context, Part> = readonly KindDefinition<KindSchema & z.ZodObject, Context, Part>[];

type SchemasOf<List extends readonly { readonly schema: KindSchema }[]> = {
  -readonly [Place in keyof List]: List[Place]["schema"];
};

/** The discriminated union of the definitions' schemas. */
export function definitionUnion<
  const List extends readonly [{ readonly schema: KindSchema }, ...{ readonly schema: KindSchema }[]],
>(definitions: List): z.ZodDiscriminatedUnion<SchemasOf<List>, "kind"> {
  return z.discriminatedUnion(
    "kind",
    definitions.map(({ schema }) => schema) as unknown as SchemasOf<List>,
  ) as z.ZodDiscriminatedUnion<SchemasOf<List>, "kind">;
}

/** The kinds of a list of definitions, in its order. */
export function kindsOf(definitions: readonly { readonly schema: KindSchema }[]): string[] {
  return definitions.map(({ schema }) => schema.shape.kind.value);
}

/**
 * The part that a parsed configuration describes.
 *
 * @throws ConfigError when no definition has its kind
 */
export function createPart<Context, Part>(
  definitions: readonly { readonly schema: KindSchema; create(options: never, context: Context): Part }[],
  config: { readonly kind: string },
  context: Context,
): Part {
  const found = definitions.find(({ schema }) => schema.shape.kind.value === config.kind);
  if (found === undefined) {
    throw new ConfigError(
      `kind: expected one of ${kindsOf(definitions).join(", ")}, got ${JSON.stringify(config.kind)}`,
    );
  }
  return (found as Registry<Context, Part>[number]).create(config as never, context);
}

/**
 * Options of a definition with every default filled in.
 *
 * @param where the part, for errors
 * @throws ConfigError naming each option that is unknown or impossible
 */
export function parseOptions(
  schema: z.ZodType | undefined,
  options: Readonly<Record<string, unknown>> | undefined,
  where: string,
): unknown {
  const names = Object.keys(options ?? {});
  if (schema === undefined) {
    if (names.length === 0) return {};
    throw new ConfigError(
      `${where}.options: expected none, since the part has no schema; got ${names.join(", ")}`,
    );
  }
  const parsed = schema.safeParse(options ?? {});
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const place = [`${where}.options`, ...issue.path.map(String)].join(".");
    if (issue.code !== "unrecognized_keys") return `${place}: ${faultText(issue, options)}`;
    const known = schema instanceof z.ZodObject ? `; it has ${Object.keys(schema.shape).join(", ")}` : "";
    return `${place}: unknown option ${issue.keys.join(", ")}${known}`;
  });
  throw new ConfigError(lines.join("\n"));
}
