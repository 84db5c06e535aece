/**
 * @module
 * Credit from the true label of every token: not a method, but the control that gives an upper bound for
 * methods. The labels come from the task, unchanged or with errors at a given rate.
 */
import * as z from "zod";
import { requireLength, requireObjects } from "../../math/check.ts";
import { mean, Rng } from "../../math/index.ts";
import { counts, requireInput } from "../check-signals.ts";
import { type CreditLabel, type CreditMethod, type CreditNeeds, defineCredit } from "../method.ts";
import { optionsOf } from "../option-rules.ts";
import {
  advantageAt,
  checkAdvantage,
  perCompletion,
  requireAdvantage,
  requireLabels,
} from "../per-completion.ts";

const RULES = ["verdict", "role", "error"] as const;
const ROLES = ["image", "reasoning"] as const;

const oracleSchema = z
  .strictObject({
    kind: z.literal("oracle"),
    by: z
      .enum(RULES)
      .default("verdict")
      .describe(
        "verdict: right tokens are never punished and wrong tokens never rewarded; role: only tokens of the given roles get credit; error: only the first error of a punished completion gets credit.",
      ),
    roles: z
      .array(z.enum(ROLES))
      .min(1)
      .refine((roles) => new Set(roles).size === roles.length, { error: "expected each role once" })
      .optional()
      .describe("By role only: the roles that learn; image and reasoning unless given."),
    accuracy: z
      .number()
      .min(0.5)
      .max(1)
      .default(1)
      .describe("Probability that a label is the true one: 1 is the truth, 0.5 carries no information."),
  })
  .refine(({ by, roles }) => by === "role" || roles === undefined, {
    path: ["roles"],
    error: "applies to by: role only",
  })
  .describe("Credit from the true label of every token, a control; for tasks with token labels.");

export interface OracleInput {
  /** `[T]` the truth. */
  readonly labels: readonly CreditLabel[];
  /** One for all tokens, or `[T]`: what the weights multiply. Rule `"role"` does not look at it. */
  readonly advantage?: number | ArrayLike<number> | undefined;
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

export interface OracleOptions {
  /** `"verdict"` unless given. */
  readonly by?: (typeof RULES)[number] | undefined;
  /** Of rule `"role"`; image and reasoning unless given. */
  readonly roles?: readonly (typeof ROLES)[number][] | undefined;
  /** In [0.5, 1]; 1 unless given. */
  readonly accuracy?: number | undefined;
}

const readOptions = optionsOf(oracleSchema, "by", "roles", "accuracy");

/**
 * Token weights of one completion, each 0 or 1.
 *
 *     by verdict   wₜ = 0 where Aₜ < 0 and the token is right, or Aₜ > 0 and it is wrong; else 1
 *     by role      wₜ = 1 where the token has one of the roles; else 0
 *     by error     mean A < 0: wₜ = 1 at the first error, else 0; all 1 where there is no error, or mean A ≥ 0
 *
 * Tokens without a truth, such as template words, are neither right nor wrong. The first error is the first unbroken
 * sequence of wrong tokens of one role, so that a number of several tokens is one error.
 *
 * With an accuracy below 1 each label is inverted with probability 1 − accuracy. By verdict the label is right or
 * wrong, of every token that is either, and so it is by error; by role it is whether the token has one of the roles. Draws are nested: a
 * label that a generator inverts at 0.9 is inverted at 0.8 too.
 *
 * @param rng one draw for each token that counts, where the accuracy is below 1; a generator of seed 0 unless given
 * @throws ConfigError, ShapeError when an option is unknown, or lengths differ
 * @throws NumericError when the accuracy is outside [0.5, 1], or the advantage not finite
 * @example
 * const labels = [{ role: "image", correct: true }, { role: "reasoning", correct: false }];
 * oracle({ labels, advantage: -1 }).weights; // [0, 1]
 */
export function oracle(
  input: OracleInput,
  options: OracleOptions = {},
  rng: Rng = new Rng(0),
): { weights: Float64Array } {
  const { by, roles = ROLES, accuracy } = readOptions(options);
  requireInput(input);
  const { labels, advantage = 0, mask } = input;
  requireObjects("labels", labels);
  if (mask !== undefined) requireLength("mask", mask, labels.length);
  checkAdvantage(advantage, labels.length, mask);
  const isTurned = labels.map((_, t) => accuracy < 1 && counts(mask, t) && rng.uniform() < 1 - accuracy);
  const advantages = Float64Array.from(labels, (_, t) => advantageAt(advantage, t));
  const labelled = labels.map(
    ({ role, correct }, t): OracleLabel => ({
      hasRole: roles.some((one) => one === role) !== isTurned[t],
      correct: correct === null ? null : correct !== isTurned[t],
      role,
      counts: counts(mask, t),
    }),
  );
  const weights = rules[by](labelled, advantages);
  return { weights: weights.map((weight, t) => (labelled[t]!.counts ? weight : 0)) };
}

/** The oracle's possibly wrong label of a token. */
interface OracleLabel extends CreditLabel {
  readonly hasRole: boolean;
  readonly counts: boolean;
}

const rules: Readonly<
  Record<(typeof RULES)[number], (labelled: readonly OracleLabel[], advantages: Float64Array) => Float64Array>
> = {
  verdict: (labelled, advantages) =>
    Float64Array.from(labelled, ({ correct }, t) => {
      const advantage = advantages[t]!;
      return (advantage < 0 && correct === true) || (advantage > 0 && correct === false) ? 0 : 1;
    }),
  role: (labelled) => Float64Array.from(labelled, ({ hasRole }) => Number(hasRole)),
  error(labelled, advantages) {
    const isPunished =
      mean(
        advantages,
        labelled.map((token) => Number(token.counts)),
      ) < 0;
    const isWrong = (token: OracleLabel | undefined) => token?.counts === true && token.correct === false;
    const first = labelled.findIndex(isWrong);
    if (!isPunished || first < 0) return new Float64Array(labelled.length).fill(1);
    const weights = new Float64Array(labelled.length);
    for (let t = first; isWrong(labelled[t]) && labelled[t]!.role === labelled[first]!.role; t++)
      weights[t] = 1;
    return weights;
  },
};

/** The oracle with its options bound. */
function oracleMethod({ kind, ...options }: z.output<typeof oracleSchema>): CreditMethod {
  const needs: CreditNeeds = { labels: true, ...(options.by !== "role" && { advantage: true }) };
  return perCompletion(needs, (completion, where, { rng }) => {
    const labels = requireLabels(completion, kind, where);
    const advantage = needs.advantage && requireAdvantage(completion, kind, where);
    return oracle({ labels, advantage, mask: completion.mask }, options, rng);
  });
}

export const oracleCredit = defineCredit({ schema: oracleSchema, create: oracleMethod });
