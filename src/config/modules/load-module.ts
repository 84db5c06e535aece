/**
 * @module
 * User modules: TypeScript or JavaScript files that export definitions of parts. The package jiti loads TypeScript on
 * every Node version that Fovea supports. Imports of `fovea` and `zod` resolve to the copies of this program,
 * wherever the file is.
 */
import { statSync } from "node:fs";
import { parse, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createJiti } from "jiti";
import * as z from "zod";
import { ConfigError } from "../../errors/index.ts";
import { type Definition, errorText, nearestName, parseOptions, withinTime } from "../../parts/index.ts";
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
  .describe("A user-defined part, from a file.");

export type ModuleReference = z.output<typeof moduleSchema>;

/** Time limits for user modules. */
export interface ModuleLimits {
  /** Milliseconds for loading a file, and for making a part. */
  readonly load: number;
  /** Milliseconds for one problem, verdict or source. */
  readonly call: number;
}

export const MODULE_LIMITS: ModuleLimits = { load: 120_000, call: 120_000 };

/** A definition of any part; its options are checked by its own schema. */
type AnyDefinition = Definition<z.ZodType, unknown, unknown>;

function isDefinition(value: unknown): value is AnyDefinition {
  return (
    typeof value === "object" && value !== null && "create" in value && typeof value.create === "function"
  );
}

/** Waits for a file to load, or for a part to be made. */
function ended<T>(work: T | PromiseLike<T>, what: string, milliseconds: number): Promise<T> {
  const late = () => new ConfigError(`${what}: did not end within ${milliseconds / 1000} s`);
  return withinTime(work, { milliseconds, late });
}

async function namespaceOf(path: string, where: string, limit: number): Promise<Record<string, unknown>> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new ConfigError(`${where}.module: ${path}: no such file`);
  if (found.isDirectory()) {
    throw new ConfigError(`${where}.module: ${path}: expected a TypeScript or JavaScript file, got a folder`);
  }
  const jiti = createJiti(pathToFileURL(path).href, {
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
    virtualModules: ownModules,
  });
  try {
    return await ended(
      jiti.import<Record<string, unknown>>(path),
      `${where}.module: ${path}: loading`,
      limit,
    );
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${where}.module: ${path}: cannot be loaded: ${errorText(error)}`, {
      cause: error,
    });
  }
}

/** The functions that make definitions, by the key of the part. */
const DEFINED_WITH: Readonly<Record<string, string>> = {
  reward: "defineReward",
  credit: "defineCredit",
  objective: "defineObjective",
  task: "defineTask",
  verdict: "defineVerdict",
  benchmark: "defineBenchmark",
  "evaluation.benchmarks": "defineBenchmark",
  "prompt.module": "definePromptFormat",
  engine: "defineEngine",
  observers: "defineObserver",
};

/** How a part of this key is exported. */
function advice(where: string): string {
  const define = DEFINED_WITH[where.replace(/\[\d+\]$/, "")];
  return `make one with ${define ?? "defineReward, defineCredit, …"}, as in export const own = ${define ?? "defineReward"}({ create: () => … })`;
}

/** The exports of a module without definitions. */
function gotExports(namespace: Readonly<Record<string, unknown>>): string {
  const functions = Object.entries(namespace).filter(([, value]) => typeof value === "function");
  if (functions.length === 0) return "none";
  const names = functions.map(([name]) =>
    name === "default" ? "a function as default" : `the function ${name}`,
  );
  return `none but ${names.join(", ")}`;
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
        `${where}.export: ${path}: expected "${name}" to be a definition with a create function, got ${typeof definition}; its definitions: ${names}; ${advice(where)}`,
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
      `${where}.module: ${path}: expected an export with a create function, got ${gotExports(namespace)}; ${advice(where)}`,
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
  /** Name of the export; of a default export, the name of the file without its ending. */
  readonly name: string;
  /** File and export, for errors. */
  readonly origin: string;
}

/** A definition of a module with its options, complete and checked. */
interface OpenedModule {
  readonly name: string;
  readonly origin: string;
  readonly definition: AnyDefinition;
  readonly options: unknown;
}

/**
 * Loads a module and checks the options of its part without making the part.
 *
 * @param where key of the configuration, for errors
 * @throws ConfigError when the file does not load, has no such export, or refuses the options
 */
export async function openModule(
  reference: ModuleReference,
  where: string,
  { load }: Pick<ModuleLimits, "load"> = MODULE_LIMITS,
): Promise<OpenedModule> {
  const path = resolve(reference.module);
  const namespace = await namespaceOf(path, where, load);
  const { name, definition } = chosenDefinition(namespace, reference.export, path, where);
  const origin = `${reference.module} ${name}`;
  const { schema } = definition;
  if (schema !== undefined && typeof schema.safeParse !== "function") {
    throw new ConfigError(`${where} (${origin}): schema: expected a zod schema, got ${typeof schema}`);
  }
  return {
    name: name === "default" ? parse(path).name : name,
    origin,
    definition,
    options: parseOptions(schema, reference.options, `${where} (${origin})`),
  };
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
  limits: Pick<ModuleLimits, "load"> = MODULE_LIMITS,
): Promise<MadePart<Part>> {
  const { load } = limits;
  const { name, origin, definition, options } = await openModule(reference, where, limits);
  try {
    const made = definition.create(options, context);
    const part = (await ended(made, "create", load)) as Part;
    if (part === undefined || part === null) {
      throw new ConfigError(`expected create to return a part, got ${String(part)}`);
    }
    return { part, name, origin };
  } catch (error) {
    throw new ConfigError(`${where} (${origin}): cannot be made: ${errorText(error)}`, {
      cause: error,
    });
  }
}
