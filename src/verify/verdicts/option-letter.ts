/**
 * @module
 * Multiple choice by the letter alone, as MMMU (arXiv:2311.16502) and MMBench (arXiv:2307.06281) count it where the
 * reply names a letter: the text of an option is not an answer.
 */
import * as z from "zod";
import { bestOf, defineVerdict, readAnswer } from "../definition.ts";
import { Answer } from "../equivalence/answer.ts";
import { letterAt, optionOf, readOptions } from "./options.ts";

/** The letters that an answer names, sorted; null where it names none. */
function lettersOf(answer: Answer): string | null {
  return answer.option?.letter ?? answer.letters;
}

/** The verdict `option-letter`. */
export const optionLetterDefinition = defineVerdict({
  schema: z.strictObject({
    kind: z.literal("option-letter"),
    from: z
      .enum(["anywhere", "mark"])
      .default("anywhere")
      .describe("mark: only <answer>…</answer> or \\boxed{…} gives a letter; anywhere: also the text."),
  }),
  create: ({ from }) => ({
    name: "option-letter",
    judge(text, { answers, options }) {
      const known = options && readOptions(options);
      return bestOf(readAnswer(text, from), answers, (given, answer) => {
        const accepted = new Answer(answer);
        const place = known && optionOf(accepted, known);
        const right = place === undefined ? lettersOf(accepted) : letterAt(place);
        return right === null ? null : lettersOf(new Answer(given)) === right ? 1 : 0;
      });
    },
  }),
});
