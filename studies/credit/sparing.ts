/**
 * @module
 * The oracle by verdict taken apart: by the sign of the advantage that it acts on, and by the role of the tokens. A tool of the
 * study, not a method.
 */
import { defineCredit, z } from "fovea";

/** A control that knows the truth: right tokens are not punished, wrong ones not rewarded, of the signs and roles given. */
export const sparing = defineCredit({
  schema: z.strictObject({
    signs: z
      .array(z.enum(["punished", "rewarded"]))
      .min(1)
      .default(["punished", "rewarded"]),
    roles: z
      .array(z.enum(["image", "reasoning"]))
      .min(1)
      .default(["image", "reasoning"]),
  }),
  create: ({ signs, roles }) => ({
    needs: { labels: true, advantage: true },
    credit: (groups) =>
      groups.map((group) =>
        group.map(({ mask, labels, advantage = 0 }) => ({
          weights: Float64Array.from(mask, (counts, t) => {
            const own = typeof advantage === "number" ? advantage : advantage[t]!;
            const { role, correct } = labels![t]!;
            const isActedOn = roles.some((one) => one === role);
            const isSpared = signs.includes("punished") && own < 0 && correct === true;
            const isWithheld = signs.includes("rewarded") && own > 0 && correct === false;
            return counts === 0 || (isActedOn && (isSpared || isWithheld)) ? 0 : 1;
          }),
        })),
      ),
  }),
});
