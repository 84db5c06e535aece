import { describe, expect, test } from "vitest";
import { openConfiguredDialogue, resolveConfig } from "../config/index.ts";
import type { Problem, ProblemSource, RecordedCompletion } from "../data/index.ts";
import { DataError } from "../errors/index.ts";
import type { Answer } from "./answers.ts";
import { recordedAnswers } from "./recorded-answers.ts";

const dialogue = await openConfiguredDialogue(resolveConfig({}));
const read: number[] = [];
const source: ProblemSource = {
  fingerprint: "made",
  size: 5,
  problem(index): Problem {
    read.push(index);
    return { id: `p${index}`, images: [], question: "What is it?", answers: ["1"], columns: {} };
  },
};

const completion = (problem: string, more: Partial<RecordedCompletion> = {}): RecordedCompletion => ({
  place: `${problem} line`,
  problem,
  text: "I see 1.",
  isTruncated: false,
  ...more,
});

async function answersOf(completions: readonly RecordedCompletion[], own = source): Promise<Answer[]> {
  const found: Answer[] = [];
  const answers = recordedAnswers(completions, { source: own, dialogue, batchSize: 2 });
  expect(answers.total).toBe(completions.length);
  for await (const batch of answers.batches(() => false)) {
    expect(batch.length).toBeLessThanOrEqual(2);
    found.push(...batch);
  }
  return found;
}

describe("recorded answers", () => {
  test("have the problem of their index, or else of their id", async () => {
    const found = await answersOf([
      completion("p3"),
      completion("p1", { index: 1 }),
      completion("p0"),
      completion("p3"),
    ]);
    expect(found.map(({ problem }) => problem.id)).toEqual(["p3", "p1", "p0", "p3"]);
    expect(found[0]!.prompt).toEqual(dialogue.prompt(found[0]!.problem));
  });

  test("read a source no further than to the last id that is looked for", async () => {
    read.length = 0;
    await answersOf([completion("p1")]);
    expect(Math.max(...read)).toBe(1);
  });

  test("keep recorded tokens of this model, and tokenize the text where they are another's", async () => {
    const text = "I see 1.";
    const own = dialogue.completionTokens(text);
    // The same text, its words cut into letters.
    const letters = Array.from(text).flatMap((letter) => [...dialogue.completionTokens(letter).slice(0, -1)]);
    expect(dialogue.text(letters)).toBe(text);
    const found = await answersOf([
      completion("p0", { tokens: letters }),
      completion("p1", { tokens: [1, 2, 3] }),
      completion("p2"),
      completion("p3", { isTruncated: true }),
    ]);
    expect(found.map(({ tokens }) => [...tokens])).toEqual([
      letters,
      [...own],
      [...own],
      [...own.slice(0, -1)],
    ]);
  });

  test.each<[string, RecordedCompletion, RegExp]>([
    ["an id that is not in the source", completion("q"), /^q line: expected a problem of made, got q$/],
    ["an index beyond it", completion("p5", { index: 5 }), /^p5 line: expected an index below 5, got 5$/],
    [
      "the index of another problem",
      completion("p1", { index: 2 }),
      /^p1 line: expected problem p1 at index 2 of its source, got p2$/,
    ],
    [
      "a text that the tokenizer normalizes",
      completion("p1", { text: "e\u0301" }),
      /^p1 line: expected a text that the tokenizer keeps as it is, got "é"$/,
    ],
  ])("refuse %s", async (_, bad, message) => {
    const error = await answersOf([bad]).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).toMatch(message);
  });

  test("need an index where the source has no end", async () => {
    await expect(answersOf([completion("p0")], { ...source, size: Infinity })).rejects.toThrow(
      "p0 line: expected the index of the problem in its source, which has no end",
    );
  });
});
