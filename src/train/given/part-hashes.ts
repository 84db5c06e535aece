/**
 * @module
 * Hashes of the parts that a program passes, for the record of a run: the options of built-in parts, and the source
 * text of user functions. Closed-over values are not hashed.
 */
import { createHash } from "node:crypto";
import type { Reward } from "../../reward/index.ts";
import type { TrainParts } from "./train-parts.ts";

/** Depth of objects searched for functions. */
const DEPTH = 3;

/** Source texts of the functions of a part, by path. */
function functionTexts(part: unknown, place = "", depth = DEPTH): string[] {
  if (typeof part === "function") return [`${place}=${String(part)}`];
  if (typeof part !== "object" || part === null || depth === 0) return [];
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
      functionTexts((part as Readonly<Record<string, unknown>>)[name], `${place}.${name}`, depth - 1),
    );
}

function partHash(part: unknown): string {
  const texts = functionTexts(part);
  const options = Object.entries(typeof part === "string" ? { kind: part } : (part ?? {})).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const text = texts.length > 0 ? texts.join("\n") : JSON.stringify(options);
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
  return Object.fromEntries([...named, ...scored].map(([name, part]) => [name, partHash(part)]));
}
