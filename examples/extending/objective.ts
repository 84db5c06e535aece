import { createAlgorithm, defineObjective, z } from "fovea";
import { algorithmSchema } from "fovea/objective";

/** GRPO that trains on positive advantages only. */
export const positiveOnly = defineObjective({
  schema: z.strictObject({ clip: z.number().positive().default(0.2) }),
  create: ({ clip }, context) => {
    const config = algorithmSchema.parse({ kind: "grpo", clipLow: clip, clipHigh: clip });
    const grpo = createAlgorithm(config, context);
    if (grpo.unit !== "token") throw new Error("expected an algorithm over tokens");
    const { surrogate } = grpo;
    const nothing = { value: 0, ratioDerivative: 0, logprobDerivative: 0, clipped: "none" } as const;
    return {
      ...grpo,
      name: "positive-only",
      surrogate: (ratio, advantage, logprob) =>
        advantage > 0 ? surrogate(ratio, advantage, logprob) : nothing,
    };
  },
});
