/**
 * @module
 * Completions with each token's true role, if the task has labels, and the role assigned by the credit method.
 */

import type { ConfiguredParts } from "../config/index.ts";
import type { TokenRole } from "../credit/index.ts";
import type { Problem, ProblemSource, TokenLabel } from "../data/index.ts";
import type { Engine, StopReason } from "../engine/index.ts";
import {
  type Dialogue,
  firstQuestions,
  RowTally,
  roleLegend,
  type ShownRole,
  showTokens,
} from "../eval/index.ts";
import { isRight, type Judgement } from "../verify/index.ts";
import { canCredit, creditWeights } from "./credit-weights.ts";

export interface LabelledCompletion {
  readonly index: number;
  readonly problem: Problem;
  readonly text: string;
  readonly stopReason: StopReason;
  readonly judgement: Judgement;
  readonly isRight: boolean;
  /** `[T]` */
  readonly tokens: readonly {
    readonly text: string;
    /** From the task's labels. */
    readonly truth?: TokenLabel;
    /** From credit methods that assign roles. */
    readonly role?: TokenRole;
  }[];
}

const TRUE_ROLES: Readonly<Record<TokenLabel["role"], ShownRole>> = {
  image: "visual",
  reasoning: "text",
  other: "neutral",
};

/** The parts that sample and judge completions. */
export interface Sampled {
  readonly engine: Engine;
  readonly dialogue: Dialogue;
  readonly source: ProblemSource;
}

/** Samples one completion for each of the first problems and labels its tokens. */
export async function labelledCompletions(
  { credit, verdict, task, sampling: configured, limits, maxBrokenShare }: ConfiguredParts,
  { engine, dialogue, source }: Sampled,
  count: number,
  sampling: { readonly temperature: number; readonly seed: number },
): Promise<LabelledCompletion[]> {
  const { attention } = credit.needs;
  const tally = new RowTally(maxBrokenShare, source.size);
  const questions = await firstQuestions({ source, dialogue, limits }, tally, count);
  const groups = await engine.sample({
    ...configured,
    ...sampling,
    prompts: questions.map(({ prompt }) => prompt),
    groupSize: 1,
    stopTokens: dialogue.stopTokens,
    ...(attention && engine.capabilities.has("attention") && { signals: { attention } }),
  });
  const answers = questions.map(({ prompt }, i) => ({ prompt, completion: groups[i]![0]! }));
  const credits = canCredit(engine, credit)
    ? await creditWeights(engine, credit, sampling.temperature || 1, answers)
    : [];
  const judged = questions.map(async ({ index, problem }, i): Promise<LabelledCompletion> => {
    const { tokens, stopReason } = groups[i]![0]!;
    const text = dialogue.text(tokens);
    const texts = dialogue.tokenTexts(tokens);
    const truths = task.labels?.label(problem, texts);
    const roles = credits[i]?.roles;
    const judgement = await verdict.judge(text, problem);
    return {
      index,
      problem,
      text,
      stopReason,
      judgement,
      isRight: isRight(judgement),
      tokens: texts.map((own, t) => {
        const role = roles?.[t];
        const truth = truths?.[t];
        return { text: own, ...(truth && { truth }), ...(role !== undefined && { role }) };
      }),
    };
  });
  return Promise.all(judged);
}

function indented(text: string, label: string): string {
  const [first = "", ...rest] = text.split("\n");
  return [label.padEnd(8) + first, ...rest.map((line) => " ".repeat(8) + line)].join("\n");
}

/** A completion as text, marked by true roles and by the credit method's roles. */
export function completionText(completion: LabelledCompletion, isColoured: boolean): string {
  const { tokens, problem } = completion;
  const known = tokens.flatMap(({ text, truth }) => (truth === undefined ? [] : [{ text, truth }]));
  const truth = known.map(({ text, truth: { role, correct } }) => ({
    text,
    role: TRUE_ROLES[role],
    isWrong: correct === false,
  }));
  const plain = tokens.map(({ text }) => text).join("");
  const lines = [truth.length > 0 ? indented(showTokens(truth, isColoured), "truth") : indented(plain, "")];
  if (tokens.some(({ role }) => role !== undefined)) {
    const credited = tokens.map(({ text, role }) => ({ text, role: role ?? "neutral" }));
    lines.push(indented(showTokens(credited, isColoured), "credit"));
  }
  const verdict = completion.isRight ? "right" : `wrong, the answer is ${problem.answers.join(" or ")}`;
  return `${lines.join("\n")}\n${" ".repeat(8)}${verdict}\n`;
}

/** The legend of lines, colours and marks. */
export function completionLegend(isColoured: boolean): string {
  return `each token by its true role and by the credit method's: ${roleLegend(isColoured)}\n`;
}
