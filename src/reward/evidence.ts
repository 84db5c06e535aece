/**
 * @module
 * CED's reward (Evidence-RL): a right answer earns more if it depends on the evidence region of the image more than on
 * control regions of the same size.
 *
 * Source: arXiv:2608.08021; the authors' code, evidencerl/code at 808a092, `src/reward/action_logprob_ate.py`, reward
 * `routed_gated_evidence`.
 */
import * as z from "zod";
import { flattenRegions } from "../engine/index.ts";
import { NumericError } from "../errors/index.ts";
import { mean } from "../math/index.ts";
import { replySpan } from "../verify/index.ts";
import { entryOptions } from "./options.ts";
import { requirePolicy } from "./require-policy.ts";
import { type Answered, defineReward } from "./reward.ts";

/** Of all controls there are, over K and not K − 1, as in the authors' code. */
const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)));

/**
 * How much more the answer depends on the evidence than on controls.
 *
 *     m = tanh((s_evidence − mean s_control)/(deviation s_control + ε)),   s = mean log π(answer|I) − mean log π(answer|I flattened)
 *
 * @param evidence nats a token
 * @param controls `[K]` nats a token
 * @returns in [−1, 1]; tanh of the difference over ε for a single control
 * @throws NumericError when a number is not finite or there is no control
 */
export function evidenceMargin(evidence: number, controls: readonly number[], epsilon = 1e-6): number {
  if (controls.length === 0 || ![evidence, ...controls].every(Number.isFinite)) {
    throw new NumericError(
      `evidence: expected finite numbers and a control, got ${[evidence, ...controls].join(", ")}`,
    );
  }
  return Math.tanh((evidence - mean(controls)) / (deviation(controls) + epsilon));
}

/**
 * The reward of a margin.
 *
 *     c·½(1 + tanh(m/τ)) + η·m,   c = 1 of a right answer, −¼ of a wrong one
 *
 * @example
 * gatedReward(true, 1, { tau: 0.2, gain: 0.1 }); // 1.09995
 */
export function gatedReward(
  isRight: boolean,
  margin: number,
  { tau, gain }: { readonly tau: number; readonly gain: number },
): number {
  return (isRight ? 1 : -0.25) * 0.5 * (1 + Math.tanh(margin / tau)) + gain * margin;
}

/** Places of the tokens of the answer: those after the thought, or all without one. */
function answerTokens({ text }: Answered, texts: readonly string[]): readonly number[] {
  const { start, end } = replySpan(text);
  let place = 0;
  return texts.flatMap((token, t) => {
    const from = place;
    place += token.length;
    return from >= start && from < end && token !== "" ? [t] : [];
  });
}

/** CED's reward; null for a problem without known evidence. */
export const evidenceReward = defineReward({
  schema: z
    .strictObject({
      kind: z.literal("evidence"),
      ...entryOptions(1),
      tau: z.number().positive().default(0.2).describe("How sharply the margin gates the reward (τ)."),
      gain: z.number().nonnegative().default(0.1).describe("Reward of the margin itself (η)."),
      epsilon: z.number().positive().default(1e-6).describe("Added to the controls' deviation (ε)."),
      tokens: z
        .enum(["answer", "completion"])
        .default("answer")
        .describe("Tokens whose log-probs count: those after the thought, or all."),
    })
    .describe("CED's reward of answers that depend on the evidence region of the image."),
  create: ({ tau, gain, epsilon, tokens: counted }) => ({
    asks: "scores",
    async score(answered, _, given) {
      const policy = requirePolicy(given, "evidence");
      const asked = answered.map((one) => {
        const { problem, tokens, judgement } = one;
        const [image, ...more] = problem.images;
        if (problem.evidence === undefined || image === undefined || judgement.score === null) return null;
        const places =
          counted === "completion" ? [...tokens.keys()] : answerTokens(one, policy.texts(tokens));
        if (places.length === 0) return null;
        const { regions, controls } = problem.evidence;
        const views = [undefined, regions, ...controls].map((flat) => ({
          problem,
          tokens,
          images: flat === undefined ? problem.images : [flattenRegions(image, flat), ...more],
        }));
        return { places, views };
      });
      const all = await policy.logprobs(asked.flatMap((one) => one?.views ?? []));
      let next = 0;
      return asked.map((one, i) => {
        if (one === null) return null;
        const [whole = 0, ...flat] = one.views.map(() => {
          const logprobs = all[next++]!;
          return mean(one.places.map((t) => logprobs[t]!));
        });
        const [evidence = 0, ...controls] = flat.map((value) => whole - value);
        const margin = evidenceMargin(evidence, controls, epsilon);
        return gatedReward((answered[i]!.judgement.score ?? 0) >= 0.5, margin, { tau, gain });
      });
    },
  }),
});
