/**
 * @module
 * Completions of digits problems with what is known of each token: its true role, and the role that the credit method
 * gives it.
 */
import { creditMethod, type TokenRole } from "../credit/index.ts";
import { type DigitsSource, labelTokens, type Problem, type TokenLabel } from "../data/index.ts";
import type { Engine } from "../engine/index.ts";
import { type Dialogue, roleLegend, type ShownRole, showTokens } from "../eval/index.ts";
import type { Config } from "../train/index.ts";
import { equivalent, extractAnswer } from "../verify/index.ts";

export interface LabelledCompletion {
  readonly index: number;
  readonly problem: Problem;
  readonly text: string;
  readonly isRight: boolean;
  /** `[T]` */
  readonly tokens: readonly {
    readonly text: string;
    readonly truth: TokenLabel;
    /** From credit methods that assign roles. */
    readonly role?: TokenRole;
  }[];
}

const TRUE_ROLES: Readonly<Record<TokenLabel["role"], ShownRole>> = {
  image: "visual",
  reasoning: "text",
  other: "neutral",
};

/** Samples one completion for each problem and labels its tokens. */
export async function labelledCompletions(
  config: Config,
  { engine, dialogue }: { readonly engine: Engine; readonly dialogue: Dialogue },
  source: DigitsSource,
  indices: readonly number[],
  sampling: { readonly temperature: number; readonly seed: number },
): Promise<LabelledCompletion[]> {
  const method = creditMethod(config.credit);
  const { attention } = method.needs;
  const problems = indices.map((index) => source.problem(index));
  const groups = await engine.sample({
    ...config.sampling,
    ...sampling,
    prompts: problems.map((problem) => dialogue.prompt(problem)),
    groupSize: 1,
    stopTokens: dialogue.stopTokens,
    ...(attention && engine.capabilities.has("attention") && { signals: { attention } }),
  });
  return problems.map((problem, i) => {
    const completion = groups[i]![0]!;
    const text = dialogue.text(completion.tokens);
    const texts = dialogue.tokenTexts(completion.tokens);
    const truths = labelTokens(texts, source.world(indices[i]!));
    const mask = new Uint8Array(completion.tokens.length).fill(1);
    const isKnown = attention === undefined || completion.signals?.attention !== undefined;
    const credits = isKnown ? method.credit([[{ mask, signals: completion.signals }]]) : [];
    const roles = credits[0]?.[0]?.roles;
    const given = extractAnswer(text);
    return {
      index: indices[i]!,
      problem,
      text,
      isRight: given !== null && equivalent(given, problem.answer),
      tokens: texts.map((own, t) => {
        const role = roles?.[t];
        return { text: own, truth: truths[t]!, ...(role !== undefined && { role }) };
      }),
    };
  });
}

function indented(text: string, label: string): string {
  const [first = "", ...rest] = text.split("\n");
  return [label.padEnd(8) + first, ...rest.map((line) => " ".repeat(8) + line)].join("\n");
}

/** A completion for people: by the tokens' true roles, and by those of the credit method. */
export function completionText(completion: LabelledCompletion, isColoured: boolean): string {
  const { tokens, isRight, problem } = completion;
  const truth = tokens.map(({ text, truth: { role, correct } }) => ({
    text,
    role: TRUE_ROLES[role],
    isWrong: correct === false,
  }));
  const lines = [indented(showTokens(truth, isColoured), "truth")];
  if (tokens.some(({ role }) => role !== undefined)) {
    const credited = tokens.map(({ text, role }) => ({ text, role: role ?? "neutral" }));
    lines.push(indented(showTokens(credited, isColoured), "credit"));
  }
  const verdict = isRight ? "right" : `wrong, the answer is ${problem.answer}`;
  return `${lines.join("\n")}\n${" ".repeat(8)}${verdict}\n`;
}

/** What the lines and their colours or marks mean. */
export function completionLegend(isColoured: boolean): string {
  return `each token by its true role and by the credit method's: ${roleLegend(isColoured)}\n`;
}
