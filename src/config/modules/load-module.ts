/**
 * @module
 * User modules: TypeScript or JavaScript files that export definitions of parts. jiti loads TypeScript on every Node that
 * Fovea runs on; imports of `fovea` and `zod` resolve to this program's own, wherever the file is.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createJiti } from "jiti";
import * as z from "zod";
import { ConfigError } from "../../errors/index.ts";
import { type Definition, nearestName, parseOptions } from "../../parts/index.ts";
import { ownModules } from "./own-modules.ts";

/** A part from a file. */
export const moduleSchema = z
  .strictObject({
    kind: z.literal("module"),
    module: z
      .string()
      .min(1)
      .describe("Path of a TypeScript or JavaScript file, relative to the configuration file."),
    export: z.string().min(1).optional().describe("Name of the export; the only definition unless given."),
    options: z
      .record(z.string(), z.unknown())
      .default({})
      .describe("Options of the part, by its own schema."),
  })
  .describe("A part of your own, from a file.");

export type ModuleReference = z.output<typeof moduleSchema>;

/** Milliseconds that loading a file, or making a part, may take. */
const TIME_LIMIT = 120_000;

/** A definition of any part; its options are checked by its own schema. */
type AnyDefinition = Definition<z.ZodType, unknown, unknown>;

function isDefinition(value: unknown): value is AnyDefinition {
  return (
    typeof value === "object" && value !== null && "create" in value && typeof value.create === "function"
  );
}

async function withinTime<T>(work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new ConfigError(`${what}: did not end within ${TIME_LIMIT / 1000} s`);
    timer = setTimeout(() => reject(error), TIME_LIMIT);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function namespaceOf(path: string, where: string): Promise<Record<string, unknown>> {
  if (!existsSync(path)) throw new ConfigError(`${where}.module: ${path}: no such file`);
  const jiti = createJiti(pathToFileURL(path).href, {
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
    virtualModules: ownModules,
  });
  try {
    return await withinTime(jiti.import<Record<string, unknown>>(path), `${where}.module: ${path}`);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${where}.module: ${path}: cannot be loaded: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function chosenDefinition(
  namespace: Readonly<Record<string, unknown>>,
  name: string | undefined,
  path: string,
  where: string,
): { readonly name: string; readonly definition: AnyDefinition } {
  const found = Object.entries(namespace).filter((entry): entry is [string, AnyDefinition] =>
    isDefinition(entry[1]),
  );
  const names = found.map(([own]) => own).join(", ") || "none";
  if (name !== undefined) {
    const definition = namespace[name];
    if (isDefinition(definition)) return { name, definition };
    if (name in namespace) {
      throw new ConfigError(
        `${where}.export: ${path}: expected "${name}" to be a definition with a create function, got ${typeof definition}; its definitions: ${names}`,
      );
    }
    const near = nearestName(name, Object.keys(namespace));
    const hint = near === undefined ? "" : `; did you mean "${near}"?`;
    throw new ConfigError(
      `${where}.export: ${path}: has no export "${name}", its definitions: ${names}${hint}`,
    );
  }
  const [first, ...more] = found;
  if (first === undefined) {
    throw new ConfigError(
      `${where}.module: ${path}: expected an export with a create function, got none; make one with defineReward, defineCredit, …`,
    );
  }
  if (more.length > 0) {
    throw new ConfigError(
      `${where}.export: ${path}: expected a name, since it has several definitions: ${names}`,
    );
  }
  return { name: first[0], definition: first[1] };
}

/** A part that a user module made. */
export interface MadePart<Part> {
  readonly part: Part;
  /** Name of the export; of a default export, "default". */
  readonly name: string;
  /** File and export, for errors. */
  readonly origin: string;
}

/**
 * Loads a module and makes the part that it defines.
 *
 * @param where key of the configuration, for errors
 * @throws ConfigError when the file does not load, has no such export, refuses the options, or its maker fails
 */
export async function makePart<Context, Part>(
  reference: ModuleReference,
  context: Context,
  where: string,
): Promise<MadePart<Part>> {
  const path = resolve(reference.module);
  const namespace = await namespaceOf(path, where);
  const { name, definition } = chosenDefinition(namespace, reference.export, path, where);
  const origin = `${reference.module} ${name}`;
  const options = parseOptions(definition.schema, reference.options, `${where} (${origin})`);
  try {
    const made = Promise.resolve(definition.create(options, context));
    const part = (await withinTime(made, `${where} (${origin})`)) as Part;
    if (part === undefined || part === null) throw new ConfigError("expected a part, got nothing");
    return { part, name, origin };
  } catch (error) {
    throw new ConfigError(`${where} (${origin}): cannot be made: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
