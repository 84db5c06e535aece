/**
 * @module
 * The protocol of an evaluation: how problems are asked and answers sampled.
 */
import * as z from "zod";
import { isSamplingTemperature, SAMPLING_TEMPERATURE } from "../../math/index.ts";
import { PROMPT_TEMPLATES, templateFault } from "./prompt-templates.ts";

const template = z.string().superRefine((text, context) => {
  const message = templateFault(text);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

/** Options of a protocol, as fields of a schema. */
export function protocolFields() {
  return {
    samples: z.int().min(1).max(1024).default(1).describe("Answers to each problem, N of Mean@N and pass@k."),
    temperature: z
      .number()
      .min(0)
      .max(2)
      .refine(isSamplingTemperature, { error: `expected ${SAMPLING_TEMPERATURE}` })
      .default(0)
      .describe("Of sampling; 0 is greedy."),
    topP: z.number().gt(0).max(1).default(1).describe("Nucleus sampling; 1 keeps all tokens."),
    maxCompletionTokens: z
      .int()
      .min(1)
      .optional()
      .describe("Most tokens of an answer; default: sampling.maxCompletionTokens."),
    promptTemplates: z
      .union([z.int().min(1).max(PROMPT_TEMPLATES.length), z.array(template).min(1)])
      .default(1)
      .describe(
        `Texts with {question}, one drawn by seed for each problem; a number n selects the first n of the ${PROMPT_TEMPLATES.length} ` +
          "built-in templates, of which the first is the question alone.",
      ),
    system: z.string().min(1).optional().describe("System message; default: the prompt format's."),
  };
}

const protocolSchema = z.object({
  ...protocolFields(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
});

/** How problems are asked and answers sampled; the seed is that of sampling and of templates. */
export type Protocol = Omit<z.output<typeof protocolSchema>, "maxCompletionTokens"> & {
  readonly maxCompletionTokens: number;
};
