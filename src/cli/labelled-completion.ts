/**
 * @module
 * Completions with each token's true role, if the task has labels, and the role assigned by the credit method.
 */

import type { ConfiguredParts } from "../config/index.ts";
import type { TokenRole } from "../credit/index.ts";
import type { Problem, ProblemSource, TokenLabel } from "../data/index.ts";
import { type Engine, type StopReason, sampledGroups } from "../engine/index.ts";
import {
  type Dialogue,
  firstQuestions,
  problemSeed,
  type Question,
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

/** How completions are sampled. */
export interface LabelledSampling {
  readonly temperature: number;
  readonly seed: number;
  /** Problems sampled at once. */
  readonly batchSize: number;
}

/**
 * Samples one completion for each of the first problems and labels its tokens, batch by batch. A completion depends on the
 * seed and its problem, not on the others.
 */
export async function* labelledCompletions(
  parts: ConfiguredParts,
  sampled: Sampled,
  count: number,
  sampling: LabelledSampling,
): AsyncGenerator<LabelledCompletion> {
  const { dialogue, source } = sampled;
  const { limits, maxBrokenShare } = parts;
  const tally = new RowTally(maxBrokenShare, source.size);
  const questions = await firstQuestions({ source, dialogue, limits }, tally, count);
  for (let from = 0; from < questions.length; from += sampling.batchSize) {
    yield* await labelledBatch(parts, sampled, questions.slice(from, from + sampling.batchSize), sampling);
  }
}

async function labelledBatch(
  { credit, verdict, task, sampling: configured }: ConfiguredParts,
  { engine, dialogue }: Sampled,
  questions: readonly Question[],
  { temperature, seed }: LabelledSampling,
): Promise<LabelledCompletion[]> {
  const { attention } = credit.needs;
  const groups = await sampledGroups(engine, {
    ...configured,
    temperature,
    seed: questions.map(({ problem }) => problemSeed(seed, problem)),
    prompts: questions.map(({ prompt }) => prompt),
    groupSize: 1,
    stopTokens: dialogue.stopTokens,
    ...(attention && engine.capabilities.has("attention") && { signals: { attention } }),
  });
  const answers = questions.map(({ prompt }, i) => ({ prompt, completion: groups[i]![0]! }));
  const credits = canCredit(engine, credit)
    ? await creditWeights(engine, credit, temperature || 1, answers)
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
  const { tokens } = completion;
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
  return `${lines.join("\n")}\n${" ".repeat(8)}${verdictWords(completion)}\n`;
}

function verdictWords({ judgement, isRight: right, problem }: LabelledCompletion): string {
  if (judgement.score === null) return `not judged: ${judgement.reason}`;
  return right ? "right" : `wrong, the answer is ${problem.answers.join(" or ")}`;
}

/** The legend of lines, colours and marks. */
export function completionLegend(isColoured: boolean): string {
  return `each token by its true role and by the credit method's: ${roleLegend(isColoured)}\n`;
}
