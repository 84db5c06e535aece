/**
 * @module
 * Every built-in algorithm. A new algorithm is one file in `algorithms/` and one entry here; the configuration's schema
 * and the creation of algorithms follow from the list.
 */
import type * as z from "zod";
import { optional, readOptions, wholeIn } from "../math/options.ts";
import { createPart, definitionUnion, parseByKind } from "../parts/index.ts";
import type { Algorithm } from "./algorithm.ts";
import { cispoObjective } from "./algorithms/cispo.ts";
import { dapoObjective } from "./algorithms/dapo.ts";
import { dpoObjective } from "./algorithms/dpo.ts";
import { drGrpoObjective } from "./algorithms/dr-grpo.ts";
import { grpoObjective } from "./algorithms/grpo.ts";
import { gspoObjective } from "./algorithms/gspo.ts";
import { ppoObjective } from "./algorithms/ppo.ts";
import { reinforceObjective } from "./algorithms/reinforce.ts";
import { sapoObjective } from "./algorithms/sapo.ts";
import type { ObjectiveContext } from "./types.ts";

const definitions = [
  grpoObjective,
  drGrpoObjective,
  dapoObjective,
  gspoObjective,
  sapoObjective,
  cispoObjective,
  ppoObjective,
  reinforceObjective,
  dpoObjective,
] as const;

const CONTEXT = { maxCompletionTokens: optional(wholeIn(1, Infinity, 1)) };

/** Which policy loss, with its options. */
export const algorithmSchema = definitionUnion(definitions).describe("Which policy loss.");

/** A complete algorithm configuration: every default filled in. */
export type AlgorithmConfig = z.output<typeof algorithmSchema>;

/** An algorithm configuration as a user writes it. */
export type AlgorithmInput = z.input<typeof algorithmSchema>;

/** A built-in algorithm, which has its kind as its name. */
export type NamedAlgorithm = Algorithm & { readonly name: string };

/**
 * Fills in the defaults of an algorithm configuration.
 *
 * @throws ConfigError when a key is unknown or a value impossible
 */
export function parseAlgorithm(config: AlgorithmInput): AlgorithmConfig {
  return parseByKind(algorithmSchema, config, "algorithm");
}

/**
 * The algorithm that a configuration describes; missing options take their defaults.
 *
 * @throws ConfigError when a key is unknown or a value impossible
 */
export function createAlgorithm(config: AlgorithmInput, context: ObjectiveContext = {}): NamedAlgorithm {
  const facts = readOptions(context, CONTEXT, "context");
  const parsed = parseAlgorithm(config);
  return { name: parsed.kind, ...createPart<ObjectiveContext, Algorithm>(definitions, parsed, facts) };
}

/**
 * The algorithm itself, or the one that a configuration describes, whose missing options take their defaults.
 *
 * @throws ConfigError when a key is unknown or a value impossible
 */
export function resolveAlgorithm(
  given: Algorithm | AlgorithmInput,
  context: ObjectiveContext = {},
): Algorithm {
  readOptions(context, CONTEXT, "context");
  return typeof given === "object" && given !== null && "unit" in given
    ? given
    : createAlgorithm(given, context);
}
