import { definePromptFormat } from "fovea";

/** The question in capitals, and a request for a box. */
export const capitals = definePromptFormat({
  create: () => ({
    system: "Answer in one word.",
    suffix: " Put it in \\boxed{}.",
    question: ({ question }) => question.toUpperCase(),
  }),
});
