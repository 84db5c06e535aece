/**
 * @module
 * Arrangements that were measured before, by machine and shape of model, in a file of the user's cache.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import * as z from "zod";
import { replaceFile } from "../../../files/index.ts";

const count = z.int().min(1);
const choiceSchema = z.object({
  threads: count,
  replicas: count,
  tried: z.array(
    z.object({
      threads: count,
      replicas: count,
      tokensPerSecond: z.number().nonnegative(),
      error: z.string().optional(),
    }),
  ),
});
const fileSchema = z.object({ version: z.literal(1), choices: z.record(z.string(), choiceSchema) });

/** A measured choice. */
export type RememberedChoice = z.output<typeof choiceSchema>;

/** `FOVEA_CACHE`, else `fovea` in `XDG_CACHE_HOME`, else `~/.cache/fovea`. */
export function cacheDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const own = environment["FOVEA_CACHE"]?.trim();
  const shared = environment["XDG_CACHE_HOME"]?.trim();
  return own || join(shared || join(homedir(), ".cache"), "fovea");
}

/** The key of all that a choice depends on. */
export function choiceKey(facts: object): string {
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
}

/** Choices in a file, and in this process where the file cannot be written. */
export class RememberedChoices {
  readonly #path: string | undefined;
  readonly #own = new Map<string, RememberedChoice>();

  /** @param path a file; the user's own unless given */
  constructor(path?: string) {
    this.#path = path;
  }

  get path(): string {
    return this.#path ?? join(cacheDirectory(), "arrangements.json");
  }

  /** The choice under a key; undefined where there is none, or the file cannot be read. */
  get(key: string): RememberedChoice | undefined {
    return this.#own.get(key) ?? this.#read()[key];
  }

  /** Keeps a choice for this process. */
  keepForNow(key: string, choice: RememberedChoice): void {
    this.#own.set(key, choice);
  }

  /** Keeps a choice. @returns why it could not be written */
  keep(key: string, choice: RememberedChoice): string | undefined {
    this.keepForNow(key, choice);
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      const file = { version: 1, choices: { ...this.#read(), [key]: choice } };
      replaceFile(this.path, [`${JSON.stringify(file, null, 2)}\n`]);
      return undefined;
    } catch (error) {
      return `${this.path}: ${(error as Error).message}`;
    }
  }

  #read(): Readonly<Record<string, RememberedChoice>> {
    try {
      const parsed = fileSchema.safeParse(JSON.parse(readFileSync(this.path, "utf8")));
      return parsed.success ? parsed.data.choices : {};
    } catch {
      return {};
    }
  }
}
