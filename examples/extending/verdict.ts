import { defineVerdict } from "fovea";

/** Right where the completion says an accepted answer anywhere, whatever its case. */
export const mentions = defineVerdict({
  create: () => ({
    name: "mentions",
    judge(text, { answers }) {
      const found = answers.find((answer) => text.toLowerCase().includes(answer.toLowerCase())) ?? null;
      return {
        extracted: found,
        score: found === null ? 0 : 1,
        reason: found ? "mentioned" : "not mentioned",
      };
    },
  }),
});
