import { defineCredit, z } from "fovea";

/** The surprise of a token is its share of the advantage: wₜ = 1 + scale · (Hₜ − mean H). */
export const surprise = defineCredit({
  schema: z.strictObject({ scale: z.number().default(0.5) }),
  create: ({ scale }) => ({
    needs: { entropy: true },
    credit: (groups) =>
      groups.map((group) =>
        group.map(({ mask, signals }) => {
          const entropy = signals!.entropy!;
          const counted = entropy.filter((_, t) => mask[t] === 1);
          const mean = counted.reduce((a, b) => a + b, 0) / Math.max(1, counted.length);
          return { weights: entropy.map((nats, t) => (mask[t] === 1 ? 1 + scale * (nats - mean) : 0)) };
        }),
      ),
  }),
});
