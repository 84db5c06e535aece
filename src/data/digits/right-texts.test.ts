import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isRightToken } from "../labels/right-texts.ts";
import { digitsLabels } from "./labels.ts";
import { digitsSource } from "./source.ts";
import { truthOf } from "./truth.ts";
import type { DigitsTruth } from "./world.ts";

const source = digitsSource({
  split: "train",
  seed: 3,
  options: { digits: [3, 3], kinds: ["sum"], canvases: ["84x84"] },
});

/** A world that shows 3, 5 and 2 in this order, whose sum is asked for. */
const truth: DigitsTruth = {
  ...truthOf(source.problem(0)),
  digits: truthOf(source.problem(0)).digits.map((digit, i) => ({ ...digit, value: [3, 5, 2][i]! })),
  question: { kind: "sum" },
  needed: [3, 5, 2],
  answer: "10",
  trace: "<think>I see 3, 5 and 2. 3 + 5 = 8. 8 + 2 = 10.</think><answer>10</answer>",
};

const problemOf = (own: DigitsTruth) => ({
  id: "made",
  images: [],
  question: "",
  answers: [],
  columns: { truth: own },
});

/** Digits, and all else in one piece, as tokenizers of Qwen cut it. */
const tokensOf = (text: string) => text.match(/\d|\D+/g) ?? [];

/** The right texts by token, of the tokens that have any. */
function shown(text: string): [string, readonly string[]][] {
  const tokens = tokensOf(text);
  return digitsLabels
    .rightTexts(problemOf(truth), tokens)
    .flatMap((right, t): [string, readonly string[]][] =>
      right === null || /\D/.test(tokens[t]!) ? [] : [[tokens[t]!, right.texts]],
    );
}

describe("right texts", () => {
  test.each<[string, string, [string, readonly string[]][]]>([
    [
      "a reading: what the image shows",
      "I see 3, 6 and 2.",
      [
        ["3", ["3"]],
        ["6", ["5"]],
        ["2", ["2"]],
      ],
    ],
    [
      "a skipped digit: what the aligned digit shows",
      "I see 3 and 2.",
      [
        ["3", ["3"]],
        ["2", ["2"]],
      ],
    ],
    [
      "a digit too many: nothing",
      "I see 3, 5, 2 and 9.",
      [
        ["3", ["3"]],
        ["5", ["5"]],
        ["2", ["2"]],
      ],
    ],
    [
      "a step: any stated value, then what its own operands give",
      "I see 3, 6 and 2. 3 + 6 = 8",
      [
        ["3", ["3"]],
        ["6", ["5"]],
        ["2", ["2"]],
        ["3", ["3", "6", "2"]],
        ["6", ["3", "6", "2"]],
        ["8", ["9"]],
      ],
    ],
    [
      "a result of two digits: the second only after the right first",
      "I see 9 and 8. 9 + 8 = 16. 9 + 8 = 26",
      [
        ["9", ["3"]],
        ["8", ["5"]],
        ["9", ["9", "8"]],
        ["8", ["9", "8"]],
        ["1", ["17"]],
        ["6", ["7"]],
        ["9", ["9", "8", "16"]],
        ["8", ["9", "8", "16"]],
        ["2", ["17"]],
      ],
    ],
    [
      "an answer: what was derived last",
      "3 + 5 = 9<answer>8",
      [
        ["9", ["8"]],
        ["8", ["9"]],
      ],
    ],
    ["an answer out of nothing: the problem's", "<answer>8", [["8", ["10"]]]],
  ])("%s", (_, text, expected) => {
    expect(shown(text)).toEqual(expected);
  });

  test("make every judged token of a true trace right, for any tokenization", () => {
    const worlds = Array.from({ length: 40 }, (_, i) =>
      truthOf(
        digitsSource({
          split: "train",
          seed: 5,
          options: { kinds: ["sum", "largest", "line-sum", "difference", "count-greater"] },
        }).problem(i),
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...worlds), fc.array(fc.integer({ min: 1, max: 3 })), (world, lengths) => {
        const tokens: string[] = [];
        for (let start = 0, i = 0; start < world.trace.length; i++) {
          const length = lengths[i % Math.max(1, lengths.length)] ?? 1;
          tokens.push(world.trace.slice(start, start + length));
          start += length;
        }
        const labels = digitsLabels.label(problemOf(world), tokens)!;
        for (const [t, right] of digitsLabels.rightTexts(problemOf(world), tokens).entries()) {
          if (right !== null) {
            expect(labels[t]!.role).not.toBe("other");
            expect(isRightToken(tokens[t]!, right)).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
