/**
 * @module
 * The prompt format of a configuration, built-in or from a user module, checked against the contract.
 */
import * as z from "zod";
import { ConfigError, PartError } from "../../errors/index.ts";
import { type AnswerFormat, answerFormats } from "../../eval/index.ts";
import { faultText, membersOf, nearestName, partError, shownValue } from "../../parts/index.ts";
import { type ModuleReference, makePart } from "../modules/load-module.ts";
import type { Config } from "../schema.ts";

const MEMBERS = ["system", "suffix", "question"] as const satisfies readonly (keyof AnswerFormat)[];

const formatSchema = z.looseObject({
  system: z.string().optional(),
  suffix: z.string().optional(),
  question: z
    .custom((value) => typeof value === "function", { error: "expected a function of the problem" })
    .optional(),
});

/** The first fault of a format. It may have members of its own, but no misspelt one, and at least one that is known. */
function formatFault(part: unknown): string | undefined {
  const expected = `expected an object with some of ${MEMBERS.join(", ")}`;
  const issue = formatSchema.safeParse(part).error?.issues[0];
  if (issue !== undefined) {
    const place = issue.path.join(".");
    return place === "" ? `${expected}, got ${shownPart(part)}` : `${place}: ${faultText(issue, part)}`;
  }
  const format = part as Readonly<Record<string, unknown>>;
  const missing = MEMBERS.filter((name) => format[name] === undefined);
  for (const key of Object.keys(format)) {
    if (MEMBERS.some((name) => name === key)) continue;
    const near = nearestName(key, missing);
    if (near !== undefined || missing.length === MEMBERS.length)
      return `${expected}, got "${key}"${near === undefined ? "" : `; did you mean "${near}"?`}`;
  }
  return undefined;
}

const shownPart = (part: unknown) => (typeof part === "function" ? "a function" : shownValue(part));

/** The format of a user module. */
async function formatModule(reference: ModuleReference): Promise<AnswerFormat> {
  const { part, origin } = await makePart<undefined, AnswerFormat>(reference, undefined, "prompt.module");
  const where = `prompt format (${origin})`;
  const fault = formatFault(part);
  if (fault !== undefined) throw new ConfigError(`${where}: ${fault}`);
  const { question, ...texts } = membersOf(part, MEMBERS);
  return {
    ...texts,
    ...(question && {
      question(problem) {
        const place = `${where}: question`;
        try {
          const asked: unknown = question(problem);
          if (typeof asked === "string") return asked;
          throw new PartError(`${place}: expected a text, got ${shownValue(asked)} (problem ${problem.id})`);
        } catch (error) {
          throw partError(error, `${place} (problem ${problem.id})`);
        }
      },
    }),
  };
}

/**
 * The prompt format around each question.
 *
 * @throws ConfigError naming file and export, when a module does not make one
 */
export async function openPromptFormat({ prompt }: Pick<Config, "prompt">): Promise<AnswerFormat> {
  const { module, system, suffix } = prompt;
  const format = module === undefined ? answerFormats[prompt.format] : await formatModule(module);
  return {
    ...format,
    ...(system !== undefined && { system }),
    ...(suffix !== undefined && { suffix }),
  };
}
