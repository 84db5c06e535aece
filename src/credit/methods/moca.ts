/**
 * @module
 * MoCA (arXiv:2605.14054): where the answer is wrong, the tokens that describe the image are credited by whether their
 * description is good, which a blind answer says. The paper's α₁ and α₂ are not known; those here are Fovea's own.
 */
import * as z from "zod";
import { requireNumber } from "../../math/check.ts";
import { type CreditMethod, defineCredit } from "../method.ts";
import { perCompletion, requireAdvantage, requirePart } from "../per-completion.ts";
import { signedSpanWeights } from "../signed-spans.ts";
import { tagSpan } from "../tag-span.ts";
import { uniformWeights } from "./uniform-weights.ts";

const mocaSchema = z
  .strictObject({
    kind: z.literal("moca"),
    tag: z
      .string()
      .min(1)
      .default("recognition")
      .describe("Name of the tag that encloses the description of the image."),
    reward: z
      .string()
      .min(1)
      .default("blind-answer")
      .describe("Name of the reward that says whether the description is good, in [0, 1]."),
    raise: z
      .number()
      .nonnegative()
      .default(0.2)
      .describe(
        "Added at a good description, as a share of |A| (α₁); Fovea's own, the paper's is not known.",
      ),
    lower: z
      .number()
      .nonnegative()
      .default(0.2)
      .describe(
        "Taken away at a bad description, as a share of |A| (α₂); Fovea's own, the paper's is not known.",
      ),
  })
  .describe("MoCA, arXiv:2605.14054: after a wrong answer a good description of the image is spared.");

/** How far MoCA moves the advantage of a description. */
export type MocaOptions = Pick<z.output<typeof mocaSchema>, "raise" | "lower">;

/**
 * The addition to the advantage of a description's tokens, as a share of its size.
 *
 *     s = α₁·P − α₂·(1 − P)      where the verdict is 0, else 0
 *
 * @param verdict of the answer, in [0, 1]; null where it could not be judged
 * @param description P, score of the description, in [0, 1]; undefined where it could not be scored
 * @throws NumericError when the score is not in [0, 1]
 * @example
 * mocaShift(0, 1, { raise: 0.2, lower: 0.1 }); // 0.2
 */
export function mocaShift(
  verdict: number | null | undefined,
  description: number | undefined,
  { raise, lower }: MocaOptions,
): number {
  if (verdict !== 0 || description === undefined) return 0;
  requireNumber("description", description, 0, 1);
  return raise * description - lower * (1 - description);
}

/** MoCA with its options bound: Aₜ + s·|Aₜ| at tokens of the description. */
function mocaMethod({ kind, tag, reward, ...options }: z.output<typeof mocaSchema>): CreditMethod {
  return perCompletion({ advantage: true, rewards: [reward] }, (completion, where) => {
    const { mask, verdict, rewardParts } = completion;
    const advantage = requireAdvantage(completion, kind, where);
    const shift = mocaShift(verdict, rewardParts?.[reward], options);
    if (shift === 0) return { weights: uniformWeights(mask) };
    const span = tagSpan(requirePart(completion.tokenTexts, "texts of tokens", kind, where), tag);
    return { weights: signedSpanWeights({ span, advantage, mask }, Math.abs(shift), shift > 0 ? 1 : -1) };
  });
}

export const mocaCredit = defineCredit({ schema: mocaSchema, create: mocaMethod });
