/**
 * @module
 * Every built-in algorithm. A new algorithm is one file in `algorithms/` and one entry here; the configuration's schema
 * and the creation of algorithms follow from the list.
 */
import type * as z from "zod";
import { ConfigError } from "../errors/index.ts";
import { createPart, definitionUnion, faultText, kindsOf, nearestName } from "../parts/index.ts";
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
  const parsed = algorithmSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  const found = definitions.find(({ schema }) => schema.shape.kind.value === config?.kind);
  const words = parsed.error.issues.map((issue) => {
    const where = ["algorithm", ...issue.path].join(".");
    if (found === undefined) {
      const kinds = kindsOf(definitions).join(", ");
      const near = nearestName(String(config?.kind), kindsOf(definitions));
      const hint = near === undefined ? "" : `; did you mean "${near}"?`;
      return `algorithm.kind: expected one of ${kinds}, got ${JSON.stringify(config?.kind)}${hint}`;
    }
    if (issue.code === "unrecognized_keys" && issue.path.length === 0) {
      const unknown = issue.keys.map((key) => `"${key}"`).join(", ");
      return `${where}: unknown key ${unknown}; ${config.kind} has ${Object.keys(found.schema.shape).join(", ")}`;
    }
    return `${where}: ${faultText(issue, config)}`;
  });
  throw new ConfigError(words.join("\n"));
}

/** The algorithm that a complete configuration describes. */
export function createAlgorithm(config: AlgorithmConfig, context: ObjectiveContext = {}): NamedAlgorithm {
  return { name: config.kind, ...createPart<ObjectiveContext, Algorithm>(definitions, config, context) };
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
  return typeof given === "object" && given !== null && "unit" in given
    ? given
    : createAlgorithm(parseAlgorithm(given), context);
}
