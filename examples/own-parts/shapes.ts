import { type Answered, defineCredit, defineReward, defineTask, z } from "fovea";

/** How many bright squares are there on a dark ground? */
export const squares = defineTask({
  schema: z.strictObject({ least: z.int().min(1).default(1), most: z.int().max(9).default(9) }),
  create: ({ least, most }, { seed }) => {
    const problem = (index: number) => {
      const count = least + ((index * 5 + seed) % (most - least + 1));
      const data = new Uint8Array(56 * 56 * 3).fill(32);
      for (let row = 0; row < 12 * count; row++) {
        const square = Math.floor(row / 12);
        const start = 56 * (4 + 18 * Math.floor(square / 3) + (row % 12)) + 4 + 18 * (square % 3);
        data.fill(224, 3 * start, 3 * (start + 12));
      }
      const images = [{ width: 56, height: 56, data }];
      const question = "How many squares are there? Answer with a number.";
      return { id: `squares-${index}`, images, question, answers: [`${count}`], columns: { count } };
    };
    const fingerprint = `squares ${least} to ${most}, seed ${seed}`;
    return { name: "squares", train: { fingerprint, size: Infinity, problem } };
  },
});

/** 1 for the right number, and less the further off it is. */
export const nearness = defineReward({
  schema: z.strictObject({ tolerance: z.number().positive().default(2) }),
  create: ({ tolerance }) => {
    const offBy = ({ extracted, problem }: Answered) =>
      extracted === null ? tolerance : Math.abs(Number(extracted) - Number(problem.columns["count"]));
    return (answered) => answered.map((one) => Math.max(0, 1 - offBy(one) / tolerance) || 0);
  },
});

/** Weights that rise over the completion, with a mean of 1. */
export const rising = defineCredit({
  create: () => ({ needs: {}, credit: (groups) => groups.map((group) => group.map(ramp)) }),
});
const ramp = ({ mask }: { readonly mask: ArrayLike<number> }) => ({
  weights: Float64Array.from(mask, (_, t) => (2 * (t + 1)) / (mask.length + 1)),
});
