/**
 * @module
 * HICRA (arXiv:2509.03646): tokens that plan carry a raised advantage. Planning tokens come from the task's labels, or
 * from phrases.
 */
import * as z from "zod";
import { ConfigError } from "../../errors/index.ts";
import { type CreditCompletion, type CreditMethod, defineCredit } from "../method.ts";
import { perCompletion, requireAdvantage, requirePart } from "../per-completion.ts";
import { phraseSpans } from "../phrase-spans.ts";
import { signedSpanWeights } from "../signed-spans.ts";
import { uniformWeights } from "./uniform-weights.ts";

const hicraSchema = z
  .strictObject({
    kind: z.literal("hicra"),
    alpha: z
      .number()
      .nonnegative()
      .default(0.2)
      .describe("Addition at a planning token, as a share of |A| (α)."),
    planning: z
      .enum(["labels", "phrases"])
      .default("labels")
      .describe("Source of planning tokens: the task's label `reasoning`, or the phrases."),
    phrases: z
      .array(z.string().min(1))
      .optional()
      .describe("Planning phrases, found in any case; with `planning: phrases`."),
  })
  .describe("HICRA, arXiv:2509.03646: planning tokens carry a raised advantage.");

/** HICRA with its options bound: Aₜ + α·|Aₜ| at planning tokens. */
function hicraMethod({ kind, alpha, planning, phrases }: z.output<typeof hicraSchema>): CreditMethod {
  if ((planning === "phrases") !== (phrases !== undefined)) {
    throw new ConfigError(`credit.phrases: expected with planning "phrases" and only there`);
  }
  const spanOf = ({ labels, tokenTexts }: CreditCompletion, where: string) =>
    phrases === undefined
      ? labels?.map(({ role }) => (role === "reasoning" ? 1 : 0))
      : phraseSpans(requirePart(tokenTexts, "texts of tokens", kind, where), phrases);
  return perCompletion(
    { advantage: true, ...(planning === "labels" && { labels: true }) },
    (completion, where) => {
      const { mask } = completion;
      const advantage = requireAdvantage(completion, kind, where);
      const span = spanOf(completion, where);
      if (span === undefined) return { weights: uniformWeights(mask), lacksLabels: true };
      return { weights: signedSpanWeights({ span, advantage, mask }, alpha, 1) };
    },
  );
}

export const hicraCredit = defineCredit({ schema: hicraSchema, create: hicraMethod });
