import { describe, expect, test } from "vitest";
import { openConfiguredDialogue, resolveConfig } from "../config/index.ts";
import {
  type LabelledSpan,
  type Problem,
  type ProblemSource,
  spanRightTexts,
  type TokenLabels,
  tokenLabels,
} from "../data/index.ts";
import { createFakeEngine, type Engine } from "../engine/index.ts";
import { DataError } from "../errors/index.ts";
import { answerVerdict } from "../verify/index.ts";
import { sampledAnswers } from "./answers.ts";
import { type DiagnoseOptions, diagnose } from "./diagnosis.ts";

const dialogue = await openConfiguredDialogue(resolveConfig({}));
const image = { width: 56, height: 56, data: new Uint8Array(56 * 56 * 3) };

/** The n-th problem shows n mod 10, and asks for one more. */
const source: ProblemSource = {
  fingerprint: "made",
  size: 12,
  problem: (index): Problem => ({
    id: `made-${index}`,
    images: [image],
    question: "What is the sum of all digits?",
    answers: [String((index % 10) + 1)],
    columns: { shown: index % 10 },
  }),
};

/** Reads wrongly where the problem is odd, and adds wrongly where it is a third. */
function writtenAt(index: number): string {
  const read = (index + (index % 2)) % 10;
  return `I see ${read}. ${read} + 1 = ${read + 1 + Number(index % 3 === 0)}`;
}

/** The first number reads the image, the last is derived. */
const labels: Required<TokenLabels> = {
  label: (problem, tokens) => tokenLabels(tokens, spansOf(problem, tokens)),
  rightTexts: (problem, tokens) => spanRightTexts(tokens, spansOf(problem, tokens)),
};

function spansOf({ columns }: Problem, tokens: readonly string[]): LabelledSpan[] {
  const numbers = [...tokens.join("").matchAll(/\d+/g)];
  const spanAt = (place: number, role: "image" | "reasoning", right: string): LabelledSpan => {
    const [[text], start] = [numbers.at(place)!, numbers.at(place)!.index];
    const correct = text === right;
    return { start, end: start + text.length, role, statement: null, correct, follows: null, right: [right] };
  };
  const read = Number(numbers[0]?.[0]);
  return [spanAt(0, "image", String(columns["shown"])), spanAt(-1, "reasoning", String(read + 1))];
}

function writingEngine(): Engine {
  const fake = createFakeEngine({ vocabSize: 464, seed: 1 });
  let next = 0;
  return {
    ...fake,
    async sample({ prompts }) {
      return prompts.map(() => {
        const tokens = dialogue.completionTokens(writtenAt(next++));
        const nothing = new Float64Array(tokens.length);
        return [{ tokens, logprobs: nothing, entropy: nothing, stopReason: "stop" as const }];
      });
    },
  };
}

function diagnosed(more: Partial<DiagnoseOptions> = {}) {
  const engine = writingEngine();
  const sampling = { temperature: 1, topP: 1, topK: 0, maxCompletionTokens: 64 };
  const answers = sampledAnswers({ engine, dialogue, source, problems: 99, batchSize: 5, sampling, seed: 0 });
  return diagnose({
    name: "made",
    engine,
    dialogue,
    answers,
    verdict: answerVerdict(),
    labels,
    seed: 0,
    sites: [],
    lambdas: [1],
    bootstrap: { resamples: 20 },
    ...more,
  });
}

describe("a diagnosis by a task's own labels", () => {
  test("counts the classes that the labels give", async () => {
    const found = await diagnosed();
    expect(found.completions).toBe(12);
    const { classes } = found.correlation[0]!;
    const completions = Object.fromEntries(classes.map((one) => [one.name, one.completions]));
    expect(completions).toEqual({ "P^r": 6, "P^e": 6, "R^r": 8, "R^e": 4 });
    expect(found.leftOut).toContainEqual({ part: "causal intervention", reason: "no layers were asked for" });
  });

  test("has the accuracy that the verdict says, over the completions that it judges", async () => {
    const found = await diagnosed({
      verdict: {
        name: "every fourth is right, the first cannot be judged",
        judge: async (_, { columns }) => {
          const shown = Number(columns["shown"]);
          return { extracted: null, score: shown === 0 ? null : Number(shown % 4 === 0), reason: "made" };
        },
      },
    });
    // Problems 0 and 10 show 0; of the others 4 and 8 are right.
    expect(found.accuracy).toBe(2 / 10);
  });

  test("leaves out completions that have no labels, and says how many", async () => {
    const some: TokenLabels = {
      label: (problem, tokens) =>
        problem.columns["shown"] === 3 ? undefined : labels.label(problem, tokens),
    };
    const found = await diagnosed({ labels: some });
    expect(found.completions).toBe(11);
    expect(found.leftOut).toContainEqual({ part: "1 completions", reason: "their tokens have no labels" });
    expect(found.leftOut.map(({ reason }) => reason)).toContain(
      "the labels do not say which texts would be right",
    );
    await expect(diagnosed({ labels: { label: () => undefined } })).rejects.toThrow(DataError);
  });
});
