import { defineReward, z } from "fovea";

/** 1 where the answer is a number within a share of the accepted one, else 0. */
export const relaxed = defineReward({
  schema: z.strictObject({ tolerance: z.number().min(0).default(0.05) }),
  create:
    ({ tolerance }) =>
    (answered) =>
      answered.map(({ extracted, problem }) => {
        const [given, right] = [Number(extracted), Number(problem.answers[0])];
        if (Number.isNaN(right)) return null; // not for this problem: the completion has no reward
        return extracted !== null && Math.abs(given - right) <= tolerance * Math.abs(right) ? 1 : 0;
      }),
});
