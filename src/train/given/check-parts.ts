/**
 * @module
 * The first check of the parts of a run: types and misspelt keys.
 */
import * as z from "zod";
import { SPLITS } from "../../data/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { faultText, nearestName } from "../../parts/index.ts";
import type { Observer } from "../loop/observer.ts";
import { gotText, requireKnownKeys, requireMethods } from "./got.ts";
import type { TrainParts } from "./train-parts.ts";

const PARTS: Readonly<Record<keyof TrainParts, true>> = {
  engine: true,
  dialogue: true,
  task: true,
  reward: true,
  verdict: true,
  credit: true,
  creditAgreement: true,
  objective: true,
  sampling: true,
  schedule: true,
  seed: true,
  observers: true,
  signal: true,
  temporal: true,
  limits: true,
  maxBrokenShare: true,
  evaluationBatch: true,
  record: true,
  clock: true,
};

const OBSERVED: Readonly<Record<Exclude<keyof Observer, "name" | "checkpoints">, true>> = {
  start: true,
  event: true,
  rollouts: true,
  finish: true,
  fail: true,
};

/** Most of a seed, which the generators take as 32 bits. */
const MOST_SEED = 2 ** 32 - 1;

/** The parts that are numbers, and small records. */
const scalarsSchema = z.looseObject({
  seed: z.int().min(0).max(MOST_SEED).optional(),
  maxBrokenShare: z.number().min(0).max(1).optional(),
  evaluationBatch: z.int().min(1).optional(),
  limits: z
    .strictObject({
      minPixels: z.number().min(0).optional(),
      maxPixels: z.number().positive().optional(),
      maxPromptTokens: z.number().positive().optional(),
    })
    .optional(),
  creditAgreement: z
    .strictObject({
      methods: z.array(z.unknown()).min(1),
      share: z.number().positive().max(1).optional(),
      every: z.int().min(1).optional(),
    })
    .optional(),
  signal: z.instanceof(AbortSignal, { error: "expected an AbortSignal" }).optional(),
  clock: z.custom((value) => typeof value === "function", { error: "expected a function" }).optional(),
});

function requireScalars(parts: object): void {
  const issue = scalarsSchema.safeParse(parts).error?.issues[0];
  if (issue === undefined) return;
  const place = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    throw new ConfigError(`${place}: expected known keys only, got "${issue.keys.join('", "')}"`);
  }
  throw new ConfigError(`${place}: ${faultText(issue, parts)}`);
}

function requireTask(task: unknown): void {
  const given = task as { readonly name?: unknown; readonly train?: unknown } | null | undefined;
  const isObject = typeof given === "object" && given !== null && !("then" in given);
  if (!isObject || given.train === undefined) {
    throw new ConfigError(`task: expected an object with name and train, got ${gotText(task)}`);
  }
  if (typeof given.name !== "string") {
    throw new ConfigError(`task.name: expected a text, got ${gotText(given.name)}`);
  }
  for (const split of SPLITS) {
    const source = (given as Readonly<Record<string, unknown>>)[split];
    if (source === undefined || typeof source === "function") continue;
    requireMethods(
      source,
      ["problem"],
      `task.${split}`,
      "a source with size and problem, or a function that opens it",
    );
  }
}

/**
 * Throws on a value that is no observer.
 *
 * @param where key or file of the observer, for errors
 * @throws ConfigError
 */
export function requireObserver(observer: unknown, where: string): asserts observer is Observer {
  const known = Object.keys(OBSERVED);
  const expected = `an object with some of ${known.join(", ")}`;
  if (typeof observer !== "object" || observer === null || "then" in observer) {
    throw new ConfigError(`${where}: expected ${expected}, got ${gotText(observer)}`);
  }
  const values = observer as Readonly<Record<string, unknown>>;
  for (const [key, value] of Object.entries(values)) {
    if (typeof value !== "function" || known.includes(key)) continue;
    const near = nearestName(key, known);
    if (near === undefined || values[near] !== undefined) continue;
    throw new ConfigError(`${where}: expected ${expected}, got "${key}"; did you mean "${near}"?`);
  }
  const wrong = known.find((key) => values[key] !== undefined && typeof values[key] !== "function");
  if (wrong !== undefined) {
    throw new ConfigError(`${where}.${wrong}: expected a function, got ${gotText(values[wrong])}`);
  }
  if (values["checkpoints"] === undefined && known.every((key) => values[key] === undefined)) {
    throw new ConfigError(`${where}: expected ${expected}, got ${gotText(observer)}`);
  }
}

/**
 * Throws before anything is opened when a part has the wrong type.
 *
 * @throws ConfigError naming the part, the expected type and the value given
 */
export function requireParts(parts: TrainParts): void {
  const given: unknown = parts;
  if (typeof given !== "object" || given === null) {
    throw new ConfigError(`train: expected an object with the parts of a run, got ${gotText(given)}`);
  }
  requireKnownKeys(given, Object.keys(PARTS), "train");
  const { engine, dialogue, task, observers = [] } = parts;
  requireMethods(engine, ["sample", "score"], "engine", "an engine");
  if (!(engine.capabilities instanceof Set)) {
    throw new ConfigError(`engine.capabilities: expected a set, got ${gotText(engine.capabilities)}`);
  }
  requireMethods(dialogue, ["prompt", "text"], "dialogue", "a dialogue, as openDialogue makes it");
  if (!Array.isArray(dialogue.stopTokens)) {
    throw new ConfigError(`dialogue.stopTokens: expected a list, got ${gotText(dialogue.stopTokens)}`);
  }
  requireTask(task);
  if (!Array.isArray(observers)) {
    throw new ConfigError(`observers: expected a list, got ${gotText(observers)}`);
  }
  for (const [i, observer] of observers.entries()) requireObserver(observer, `observers[${i}]`);
  const stores = observers.filter(({ checkpoints }) => checkpoints !== undefined).length;
  if (stores > 1) {
    throw new ConfigError(`observers: expected at most one that stores checkpoints, got ${stores}`);
  }
  requireScalars(parts);
}
