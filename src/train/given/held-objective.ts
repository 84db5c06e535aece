/**
 * @module
 * Checks a user's objective against the contract: a whole record, whose functions return what the batch needs.
 */
import * as z from "zod";
import { ConfigError, PartError } from "../../errors/index.ts";
import type { Algorithm, PairAlgorithm, Surrogate, TokenAlgorithm } from "../../objective/index.ts";
import { faultText, isSettings, membersOf, partError, shownValue } from "../../parts/index.ts";

const functionSchema = z.custom((value) => typeof value === "function", { error: "expected a function" });
const truncated = z.enum(["keep", "mask", "mask-and-count"]);
const tokenSchema = z.looseObject({
  unit: z.literal("token"),
  advantage: z.looseObject({
    of: functionSchema,
    needsSpread: z.boolean(),
    values: z.enum(["none", "optional", "required"]),
  }),
  ratioLevel: z.looseObject({
    keepsTokenCredit: z.boolean(),
    ratios: functionSchema,
    pullback: functionSchema,
  }),
  surrogate: functionSchema,
  aggregation: functionSchema,
  kl: z.looseObject({
    coefficient: z.number().min(0),
    estimate: functionSchema,
    placement: z.enum(["loss", "reward"]),
  }),
  entropyCoefficient: z.number(),
  truncated,
});
const pairSchema = z.looseObject({
  unit: z.literal("pair"),
  pairs: functionSchema,
  loss: functionSchema,
  beta: z.number(),
  divergence: functionSchema,
  truncated,
});
const objectiveSchema = z.discriminatedUnion("unit", [tokenSchema, pairSchema]);

const TOKEN_MEMBERS = [
  "name",
  "unit",
  "advantage",
  "ratioLevel",
  "surrogate",
  "aggregation",
  "kl",
  "entropyCoefficient",
  "correction",
  "value",
  "truncated",
  "correctsStaleness",
] as const satisfies readonly (keyof TokenAlgorithm)[];
const PAIR_MEMBERS = [
  "name",
  "unit",
  "pairs",
  "loss",
  "beta",
  "divergence",
  "truncated",
] as const satisfies readonly (keyof PairAlgorithm)[];

const held = new WeakSet<object>();

/**
 * The objective with failures of its functions named.
 *
 * @param where the part, for errors before the run
 * @param name the part, for errors during the run
 * @throws ConfigError when it is no whole record of an algorithm
 */
export function heldObjective(given: unknown, where: string, name: string): Algorithm {
  if (isSettings(given) && held.has(given)) return given as unknown as Algorithm;
  const parsed = objectiveSchema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const place = [where, ...issue.path.map(String)].join(".");
    throw new ConfigError(`${place}: ${faultText(issue, given)}`);
  }
  const algorithm = given as Algorithm;
  const checked = algorithm.unit === "token" ? heldTokens(algorithm, name) : heldPairs(algorithm, name);
  held.add(checked);
  return checked;
}

/** A function whose failures name it. */
function named<Arguments extends unknown[], Result>(
  work: (...given: Arguments) => Result,
  name: string,
): (...given: Arguments) => Result {
  return (...given) => {
    try {
      return work(...given);
    } catch (error) {
      throw partError(error, name);
    }
  };
}

function heldTokens(algorithm: TokenAlgorithm, name: string): TokenAlgorithm {
  const own = membersOf(algorithm, TOKEN_MEMBERS);
  return {
    ...own,
    advantage: { ...own.advantage, of: named(own.advantage.of, `${name}: advantage`) },
    aggregation: named(own.aggregation, `${name}: aggregation`),
    surrogate: heldSurrogate(own.surrogate, `${name}: surrogate`),
  };
}

function heldSurrogate(surrogate: Surrogate, name: string): Surrogate {
  const checked = named(surrogate, name);
  return (ratio, advantage, logprob) => {
    const term = checked(ratio, advantage, logprob);
    const { value, ratioDerivative, logprobDerivative } = term ?? {};
    // Infinite terms are a matter of the batch, and end in an error of the whole objective.
    const numbers: unknown[] = [value, ratioDerivative, logprobDerivative];
    if (numbers.every((one) => typeof one === "number" && !Number.isNaN(one))) return term;
    throw new PartError(
      `${name}: expected numbers value, ratioDerivative and logprobDerivative, got ${shownValue(term)} ` +
        `(ratio ${ratio}, advantage ${advantage})`,
    );
  };
}

function heldPairs(algorithm: PairAlgorithm, name: string): PairAlgorithm {
  const own = membersOf(algorithm, PAIR_MEMBERS);
  return {
    ...own,
    pairs: named(own.pairs, `${name}: pairs`),
    loss: named(own.loss, `${name}: loss`),
  };
}
