/**
 * @module
 * Prompt templates: texts around a question, one drawn for each problem, as AT-RL evaluates (arXiv:2602.11455, section
 * 14.3: three templates, which the paper does not print; these are our own).
 */
import { Rng } from "../../math/index.ts";

const PLACE = "{question}";

/** The built-in templates; the first is the question alone. */
export const PROMPT_TEMPLATES: readonly string[] = [
  PLACE,
  `Look at the image, think step by step, then answer.\n${PLACE}`,
  `${PLACE}\nExplain your reasoning first and end with the final answer.`,
];

/** The fault of a template; undefined where there is none. */
export function templateFault(text: string): string | undefined {
  const places = text.split(PLACE).length - 1;
  return places === 1 ? undefined : `expected ${PLACE} once, got it ${places} times`;
}

/** The templates that an option names: a number of built-in templates, or texts. */
export function templatesOf(option: number | readonly string[]): readonly string[] {
  return typeof option === "number" ? PROMPT_TEMPLATES.slice(0, option) : option;
}

/** The place of the template that a problem is asked with, the same in each sample and on each resume. */
export function drawTemplate(templates: readonly string[], seed: number, index: number): number {
  if (templates.length === 1) return 0;
  return new Rng(seed).fork("templates").fork(index).integer(templates.length);
}

/** A question in a template. */
export function inTemplate(template: string, question: string): string {
  return template.split(PLACE).join(question);
}
