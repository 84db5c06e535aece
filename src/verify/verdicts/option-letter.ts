/**
 * @module
 * Multiple choice by the letter alone, as MMMU (arXiv:2311.16502) and MMBench (arXiv:2307.06281) count it where the
 * reply names a letter: the text of an option is no answer.
 */
import * as z from "zod";
import { bestOf, defineVerdict, readAnswer } from "../definition.ts";
import { optionSet, writtenOption } from "../equivalence/options.ts";
import { optionOf } from "./options.ts";

/** The letters that an answer names, sorted; undefined where it names none. */
function lettersOf(answer: string): string | undefined {
  return writtenOption(answer)?.letter ?? optionSet(answer);
}

/** The verdict `option-letter`. */
export const optionLetterDefinition = defineVerdict({
  schema: z.strictObject({
    kind: z.literal("option-letter"),
    from: z
      .enum(["anywhere", "mark"])
      .default("anywhere")
      .describe("mark: only <answer>…</answer> or \\boxed{…} holds a letter; anywhere: else the text does."),
  }),
  create: ({ from }) => ({
    name: "option-letter",
    judge: (text, { answers, options }) =>
      bestOf(readAnswer(text, from), answers, (given, answer) => {
        const place = options === undefined ? undefined : optionOf(answer, options);
        const right =
          place === undefined ? lettersOf(answer) : String.fromCharCode("A".charCodeAt(0) + place);
        return right === undefined ? null : lettersOf(given) === right ? 1 : 0;
      }),
  }),
});
