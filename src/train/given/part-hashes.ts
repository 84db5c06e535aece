/**
 * @module
 * Hashes of the parts that a program passes, for the record of a run: the options of built-in parts, and of a user's
 * parts the source text of functions and their settings. Closed-over values are not hashed.
 */
import { createHash } from "node:crypto";
import type { Reward } from "../../reward/index.ts";
import type { TrainParts } from "./train-parts.ts";

/** Depth of the objects that are read: of parts with functions, which may hold anything, and of plain options. */
const DEPTH = { functions: 3, plain: 10 } as const;
/** Paths of plain values that count in a part with functions. Other values may be its state, which changes during a run. */
const SETTINGS: Readonly<Record<string, RegExp>> = { objective: /^/, credit: /^\.(?:needs|lighterNeeds)\b/ };

/** A function or a plain value of a part. */
interface Content {
  readonly path: string;
  readonly isFunction: boolean;
  readonly text: string;
}

/** The functions of a part as source text, and its plain values. */
function contentsOf(part: unknown, depth: number, path = ""): Content[] {
  if (part === undefined) return [];
  if (typeof part === "function") return [{ path, isFunction: true, text: String(part) }];
  if (typeof part !== "object" || part === null) {
    const text = typeof part === "string" ? JSON.stringify(part) : String(part as number | null);
    return [{ path, isFunction: false, text }];
  }
  if (depth === 0) return [];
  const names = new Set(Object.keys(part));
  const prototype: unknown = Object.getPrototypeOf(part);
  if (prototype !== Object.prototype && typeof prototype === "object" && prototype !== null) {
    const methods = Object.entries(Object.getOwnPropertyDescriptors(prototype));
    for (const [name, { value }] of methods) if (typeof value === "function") names.add(name);
  }
  return [...names]
    .filter((name) => name !== "constructor")
    .sort()
    .flatMap((name) =>
      contentsOf((part as Readonly<Record<string, unknown>>)[name], depth - 1, `${path}.${name}`),
    );
}

/** Hash of a part; a kind alone is the part with this kind and no options. */
function partHash(name: string, part: unknown): string {
  const given = typeof part === "string" ? { kind: part } : part;
  const found = contentsOf(given, DEPTH.functions);
  const hasFunctions = found.some(({ isFunction }) => isFunction);
  const counted = found.filter(({ path, isFunction }) => isFunction || SETTINGS[name]?.test(path));
  const text = (hasFunctions ? counted : contentsOf(given, DEPTH.plain))
    .map((content) => `${content.path}=${content.text}`)
    .join("\n");
  return createHash("sha256").update(text).digest("hex");
}

/**
 * The hashes by part.
 *
 * @param rewards of the run, in the order passed
 */
export function partHashes(parts: TrainParts, rewards: readonly Reward[]): Record<string, string> {
  const { credit = "uniform", objective = "grpo", verdict = "answer", reward } = parts;
  const list: readonly unknown[] = Array.isArray(reward) ? reward : [reward];
  const named = Object.entries({ credit, objective, verdict });
  const scored = rewards.map(({ name }, i) => {
    const given = list[i];
    // Of a reward object only score is hashed: functions such as close affect no numbers.
    const isOwn = typeof given === "object" && given !== null && "score" in given;
    return [`reward "${name}"`, isOwn ? given.score : given] as const;
  });
  return Object.fromEntries([...named, ...scored].map(([name, part]) => [name, partHash(name, part)]));
}
