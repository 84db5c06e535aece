/**
 * @module
 * The reward of a completion: its accuracy, its format and, for StepGRPO, its steps, each 0 to 1, weighted.
 */
import * as z from "zod";
import { equivalent } from "./equivalent.ts";
import { extractAnswer, markedAnswer } from "./extract-answer.ts";
import { COMPLETION_FORMS, formatFault } from "./format.ts";
import { lengthSchema } from "./length-reward.ts";
import { overlongSchema } from "./overlong.ts";
import { type KeyStep, keyStepShare, stepFault } from "./step-reward.ts";
import { temporalSchema } from "./temporal.ts";

const weight = z.number().min(0);

/** What completions are rewarded for. */
export const rewardSchema = z
  .strictObject({
    accuracy: weight.default(1).describe("Weight of a right answer."),
    format: weight.default(0.1).describe("Weight of the form."),
    form: z
      .enum(COMPLETION_FORMS)
      .default("think-answer")
      .describe(
        "think-answer: <think>…</think><answer>…</answer>; think-boxed: <think>…</think>, then \\boxed{…}.",
      ),
    keySteps: weight
      .default(0)
      .describe(
        "Weight of the share of the problem's key steps that the reasoning states; StepGRPO has 0.1.",
      ),
    validity: weight
      .default(0)
      .describe("Weight of StepGRPO's form: description, rationales, steps numbered from 1, answer last."),
    answerFrom: z
      .enum(["anywhere", "mark"])
      .default("anywhere")
      .describe(
        "mark: only <answer>…</answer> or \\boxed{…} counts as an answer; anywhere: else the last option letter or " +
          "number does.",
      ),
    overlong: overlongSchema.optional(),
    length: lengthSchema.optional(),
    temporal: temporalSchema.optional(),
  })
  .refine(({ accuracy, format, keySteps, validity }) => accuracy + format + keySteps + validity > 0, {
    message: "expected a weight above 0 for accuracy, format, keySteps or validity",
  });

/** Weights of the reward's parts. */
export type RewardOptions = z.infer<typeof rewardSchema>;

/** A verifier's judgement of one completion. */
export interface Reward {
  /** Weighted sum of the parts; null where the completion cannot be judged, which is not 0. */
  readonly value: number | null;
  /** Each part before its weight, 0 to 1; `overlong` −1 to 0. The training adds `length` and `temporal`. */
  readonly parts: Readonly<Record<string, number>>;
  /** In words, what decided it. */
  readonly reason: string;
}

/**
 * Rewards one completion against the reference answer.
 *
 *     value = accuracy · 1[answer ≡ reference] + format · 1[form as asked]
 *             + keySteps · share of the key steps stated + validity · 1[steps complete and in order]
 *
 * Source of the last two: StepGRPO, arXiv:2503.12937; with a weight of 0 they are not looked at.
 *
 * @param keySteps of the problem, for each step the wordings that count; without any their share is 0
 * @returns value null when the reference is empty, since nothing can equal it
 *
 * @example
 * completionReward("<think>3 + 5 = 8.</think><answer>8</answer>", "8", rewardSchema.parse({})).value; // 1.1
 */
export function completionReward(
  completion: string,
  reference: string,
  options: RewardOptions,
  keySteps: readonly KeyStep[] = [],
): Reward {
  if (reference.trim() === "") return { value: null, parts: {}, reason: "the reference answer is empty" };
  const marked = markedAnswer(completion);
  const given = options.answerFrom === "mark" ? (marked ?? null) : extractAnswer(completion);
  const isRight = given !== null && equivalent(given, reference);
  const fault = formatFault(completion, options.form);
  const parts = {
    accuracy: isRight ? 1 : 0,
    format: fault === null ? 1 : 0,
    ...(options.keySteps > 0 && { keySteps: keyStepShare(completion, keySteps) }),
    ...(options.validity > 0 && { validity: stepFault(completion) === null ? 1 : 0 }),
  };
  const verdict = given === null ? "no answer" : isRight ? "right answer" : "wrong answer";
  return {
    value:
      options.accuracy * parts.accuracy +
      options.format * parts.format +
      options.keySteps * (parts.keySteps ?? 0) +
      options.validity * (parts.validity ?? 0),
    parts,
    reason: fault === null ? verdict : `${verdict}; ${fault}`,
  };
}
