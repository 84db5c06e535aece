/**
 * @module
 * CFPO (arXiv:2606.23206): PAPO's term of the loss, against a pass in which the most attended image tokens lose their
 * values within the model, while the pixels are unchanged.
 */
import * as z from "zod";
import { imageAblationSchema } from "../image-ablation.ts";
import { defineCredit } from "../method.ts";
import { papoMethod, papoOptions } from "./papo.ts";

const cfpoSchema = z
  .strictObject({
    kind: z.literal("cfpo"),
    ...papoOptions,
    coefficient: z.number().nonnegative().default(0.02).describe("Weight of the term (γ); 0.01 with DAPO."),
    entropyPenalty: z
      .number()
      .nonnegative()
      .default(0)
      .describe("Weight of −log π in the loss; the authors have 0.03 with DAPO."),
    image: imageAblationSchema.prefault({ kind: "replace-values" }),
  })
  .describe("CFPO, arXiv:2606.23206: a loss term away from a pass whose salient image values are replaced.");

export const cfpoCredit = defineCredit({ schema: cfpoSchema, create: papoMethod });
