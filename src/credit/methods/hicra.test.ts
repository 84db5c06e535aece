import { describe, expect, test } from "vitest";
import { ConfigError } from "../../errors/index.ts";
import { phraseSpans } from "../phrase-spans.ts";
import { hicraCredit } from "./hicra.ts";

const method = (options: object) =>
  hicraCredit.create(hicraCredit.schema.parse({ kind: "hicra", ...options }), undefined);
const labels = (["image", "reasoning", "other"] as const).map((role) => ({ role, correct: null }));

describe("hicra", () => {
  test("raises the advantage at planning tokens, for either sign", () => {
    const weights = (advantage: number) =>
      method({}).credit([[{ mask: [1, 1, 1], labels, advantage }]])[0]![0]!.weights;
    expect([...weights(2)]).toEqual([1, 1.2, 1]);
    expect([...weights(-2)]).toEqual([1, 0.8, 1]);
    expect([...weights(0)]).toEqual([1, 1, 1]);
  });

  test("finds planning tokens by phrases, and asks for no labels then", () => {
    const byPhrases = method({ planning: "phrases", phrases: ["let me check"] });
    expect(byPhrases.needs).toEqual({ advantage: true });
    const tokenTexts = ["So. ", "Let", " me", " check", "."];
    const [[credit] = []] = byPhrases.credit([[{ mask: [1, 1, 1, 1, 1], tokenTexts, advantage: 1 }]]);
    expect([...credit!.weights]).toEqual([1, 1.2, 1.2, 1.2, 1]);
  });

  test("says so where a completion has no labels, and weighs it evenly", () => {
    expect(method({}).credit([[{ mask: [1, 1], advantage: 1 }]])[0]![0]).toEqual({
      weights: Float64Array.of(1, 1),
      lacksLabels: true,
    });
  });

  test("refuses phrases without their option, and the option without phrases", () => {
    expect(() => method({ phrases: ["first"] })).toThrow(ConfigError);
    expect(() => method({ planning: "phrases" })).toThrow(ConfigError);
  });
});

describe("phraseSpans", () => {
  test("marks each token that holds a character of a phrase, in any case, overlaps included", () => {
    expect([...phraseSpans(["First", ", I", " add", "."], ["first, i"])]).toEqual([1, 1, 0, 0]);
    expect([...phraseSpans(["aa", "a", "b"], ["aa"])]).toEqual([1, 1, 0]);
    expect([...phraseSpans([], ["aa"])]).toEqual([]);
    expect([...phraseSpans(["", "a", ""], ["a"])]).toEqual([0, 1, 0]);
  });
});
