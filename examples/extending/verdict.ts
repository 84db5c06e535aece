import { defineVerdict } from "fovea";

/** Right if the completion contains an accepted answer, in upper or lower case. */
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
