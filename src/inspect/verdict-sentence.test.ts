import { describe, expect, test } from "vitest";
import { isEndToken, tokenSentence, verdictSentence } from "./verdict-sentence.ts";

describe("verdictSentence", () => {
  test.each([
    [{ extracted: "15", score: 1, answers: ["15"] }, "Right: read as `15`, the reference."],
    [{ extracted: "7/2", score: 1, answers: ["3.5"] }, "Right: read as `7/2`; the reference is `3.5`."],
    [
      { extracted: "13", score: 0, answers: ["15", "fifteen"] },
      "Wrong: read as `13`; the reference is `15` or `fifteen`.",
    ],
    [{ extracted: null, score: 0, answers: ["15"] }, "Wrong: no answer was read; the reference is `15`."],
    [
      { extracted: "a", score: 0.4, answers: ["b"] },
      "Partly right, 40 %: read as `a`; the reference is `b`.",
    ],
    [{ extracted: "a", score: 0.004, answers: [] }, "Partly right, 0.4 %: read as `a`."],
    [{ extracted: "a", score: 0.996, answers: [] }, "Partly right, 99.6 %: read as `a`."],
    [{ extracted: "a", score: null, answers: [] }, "Not judged: read as `a`."],
  ])("%j", (verdict, sentence) => {
    expect(verdictSentence(verdict)).toBe(sentence);
  });
});

describe("tokenSentence", () => {
  const token = {
    text: " triangle",
    isEnd: false,
    logprob: Math.log(0.23),
    alternatives: [
      { text: " circle", logprob: Math.log(0.41) },
      { text: " triangle", logprob: Math.log(0.23) },
    ],
    withoutImage: Math.log(0.3),
    answer: "triangle",
  };
  test("an answer of one token, beside the likeliest other and without the image", () => {
    expect(tokenSentence(token)).toBe(
      "The answer `triangle` had 23 %, `circle` 41 %; without the image `triangle` had 30 %.",
    );
  });

  test("only a certain token is near 100 %", () => {
    const near = { ...token, logprob: Math.log(0.997), alternatives: [], withoutImage: Math.log(0.003) };
    expect(tokenSentence(near)).toBe(
      "The answer `triangle` had 99.7 %; without the image `triangle` had 0.3 %.",
    );
  });

  test("an answer of several tokens begins at its first", () => {
    expect(tokenSentence({ ...token, text: "1", answer: "15", alternatives: [], withoutImage: null })).toBe(
      "The answer `15` begins here: `1` had 23 %.",
    );
  });

  test("a token elsewhere, a space and the end of the text", () => {
    expect(tokenSentence({ ...token, answer: null, withoutImage: -20 })).toBe(
      "`triangle` had 23 %, `circle` 41 %; without the image `triangle` had less than 0.1 %.",
    );
    expect(
      tokenSentence({ ...token, text: "", isEnd: true, logprob: -1e-6, answer: null, withoutImage: null }),
    ).toBe("The end of the text had more than 99.9 %, `circle` 41 %.");
    expect(tokenSentence({ ...token, text: "\n", answer: null, alternatives: [], withoutImage: null })).toBe(
      "`⏎` had 23 %.",
    );
  });

  test("a later part of a character is no end of the text, and has no other beside it", () => {
    const part = { ...token, text: "", answer: null, withoutImage: null };
    expect(tokenSentence(part)).toBe("A part of a character had 23 %.");
    const alternatives = [{ text: "\uFFFD", logprob: -1 }];
    expect(tokenSentence({ ...part, text: "½", alternatives })).toBe("`½` had 23 %.");
  });

  test("only the last token of a completion that was not cut can be its end", () => {
    const tokenTexts = ["½", "", "a", ""];
    expect(tokenTexts.map((_, t) => isEndToken(tokenTexts, t, false))).toEqual([false, false, false, true]);
    expect(isEndToken(tokenTexts, 3, true)).toBe(false);
    expect(isEndToken(["a"], 0, false)).toBe(false);
  });
});
