import { defineReward, z } from "fovea";

/** A reward that random weights spread: the length of the text, from 0 to 1 and over again. */
export const spread = defineReward({
  schema: z.strictObject({}),
  create: () => (answered) => answered.map(({ text }) => (text.length % 11) / 10),
});
