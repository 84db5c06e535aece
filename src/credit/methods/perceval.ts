/**
 * @module
 * Perceval (arXiv:2604.24583): tokens that say something false of the image carry a lowered advantage. A judge model finds
 * them there; here the task's labels do.
 */
import * as z from "zod";
import { type CreditMethod, defineCredit } from "../method.ts";
import { perCompletion, requireAdvantage } from "../per-completion.ts";
import { signedSpanWeights } from "../signed-spans.ts";
import { uniformWeights } from "./uniform-weights.ts";

const percevalSchema = z
  .strictObject({
    kind: z.literal("perceval"),
    alpha: z
      .number()
      .nonnegative()
      .default(0.1)
      .describe("Reduction at a hallucinated token, as a share of |A| (α); 0.03 is weak, 0.3 too strong."),
    statements: z
      .enum(["image", "all"])
      .default("image")
      .describe("False statements about the image count, or all false statements."),
  })
  .describe(
    "Perceval, arXiv:2604.24583: tokens that say something false of the image carry a lowered advantage.",
  );

/** Perceval with its options bound: Aₜ − α·|Aₜ| at tokens of false statements. */
function percevalMethod({ kind, alpha, statements }: z.output<typeof percevalSchema>): CreditMethod {
  return perCompletion({ advantage: true, labels: true }, (completion, where) => {
    const { mask, labels } = completion;
    const advantage = requireAdvantage(completion, kind, where);
    if (labels === undefined) return { weights: uniformWeights(mask), lacksLabels: true };
    const span = labels.map(({ role, correct }) =>
      correct === false && (statements === "all" || role === "image") ? 1 : 0,
    );
    return { weights: signedSpanWeights({ span, advantage, mask }, alpha, -1) };
  });
}

export const percevalCredit = defineCredit({ schema: percevalSchema, create: percevalMethod });
