/**
 * @module
 * Walks a zod schema: the keys allowed at a path and the type of a key.
 */
import type { z } from "zod";

/** The fields of a zod schema's definition that the walk uses. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  /** Of an array. */
  readonly element?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly out?: z.core.$ZodType;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly options?: readonly z.core.$ZodType[];
  readonly values?: readonly unknown[];
}

function definition(schema: z.core.$ZodType): Definition {
  return schema._zod.def as unknown as Definition;
}

/** The schema below defaults, optionals and pipes. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const def = definition(schema);
  const inner = def.innerType ?? (def.type === "pipe" ? def.in : undefined);
  return inner === undefined ? schema : bare(inner);
}

/** The object schemas of a schema: itself, or the members of a union. */
function objects(schema: z.core.$ZodType): Definition[] {
  const def = definition(bare(schema));
  if (def.type === "object") return [def];
  if (def.type === "union") return (def.options ?? []).flatMap(objects);
  if (def.type === "array" && def.element !== undefined) return objects(def.element);
  return [];
}

/** One place of a key: its full dotted name and the `kind` of its object. */
export interface KnownKey {
  readonly name: string;
  readonly kind?: string;
}

/** The member with a name; inherited names ("constructor") do not count. */
function member(object: Definition, name: string): z.core.$ZodType | undefined {
  return object.shape !== undefined && Object.hasOwn(object.shape, name) ? object.shape[name] : undefined;
}

function kindOf(object: Definition): string | undefined {
  const kind = object.shape?.["kind"];
  const value = kind === undefined ? undefined : definition(bare(kind)).values?.[0];
  return typeof value === "string" ? value : undefined;
}

/** Every key of the object at `path`; of a union, the keys of every member. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): KnownKey[] {
  let here = objects(schema);
  for (const step of path) {
    // A list index is not part of the path: all entries share the list's schema.
    if (typeof step === "number") continue;
    here = here.flatMap((object) => {
      const child = member(object, String(step));
      return child === undefined ? [] : objects(child);
    });
  }
  return here.flatMap((object) => {
    const kind = kindOf(object);
    return Object.keys(object.shape ?? {}).map((name) => (kind === undefined ? { name } : { name, kind }));
  });
}

/** Every dotted key of the schema that holds a value rather than an object. */
export function leafKeys(schema: z.core.$ZodType, prefix = ""): string[] {
  const found = objects(schema).flatMap((object) =>
    Object.entries(object.shape ?? {}).flatMap(([name, child]) => {
      const dotted = prefix + name;
      return objects(child).length > 0 ? leafKeys(child, `${dotted}.`) : [dotted];
    }),
  );
  return [...new Set(found)];
}

/** Every dotted key of the schema, of values and of objects. */
export function everyKey(schema: z.core.$ZodType): string[] {
  const keys = leafKeys(schema).flatMap((leaf) => {
    const names = leaf.split(".");
    return names.map((_, depth) => names.slice(0, depth + 1).join("."));
  });
  return [...new Set(keys)];
}

/** The zod type name of the value at a dotted key, such as "string" or "number"; undefined when unknown. */
export function valueType(schema: z.core.$ZodType, path: readonly string[]): string | undefined {
  let here: z.core.$ZodType[] = [schema];
  for (const step of path) {
    here = here.flatMap(objects).flatMap((object) => member(object, step) ?? []);
  }
  const first = here[0];
  return first === undefined ? undefined : definition(bare(first)).type;
}
