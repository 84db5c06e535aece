import { describe, expect, test } from "vitest";
import { recordedScores } from "../../testing/benchmark-files.ts";
import { type Choice, choicesOf } from "../choices.ts";
import { lmmsEvalLetter, otterYesNo } from "./lmms-eval.ts";
import { mmmuAuthorsLetter, mmmuLmmsLetter, mmmuOpenIsRight, mmmuProAuthorsLetter } from "./mmmu.ts";
import { vlmEvalKitCount, vlmEvalKitLetter, vlmEvalKitYesNo } from "./vlmevalkit.ts";

/** A text, options, the answer to an open question, and what each rule of the tools made of them. */
type Case = readonly [
  text: string,
  options: readonly string[],
  gold: string,
  read: Readonly<Record<string, string | null>>,
];

const { cases } = recordedScores<{ readonly cases: readonly Case[] }>("rules");

const rules: Readonly<Record<string, (text: string, choices: readonly Choice[], gold: string) => unknown>> = {
  "vlmevalkit letter": vlmEvalKitLetter,
  "vlmevalkit yes or no": vlmEvalKitYesNo,
  "vlmevalkit count": vlmEvalKitCount,
  "lmms-eval letter": (text) => lmmsEvalLetter(text, ["A", "B", "C", "D"]),
  "lmms-eval yes or no": otterYesNo,
  "lmms-eval mmmu": mmmuLmmsLetter,
  "authors mmmu": mmmuAuthorsLetter,
  "authors mmmu-pro": mmmuProAuthorsLetter,
  "authors mmmu open": (text, _, gold) => (mmmuOpenIsRight(text, [gold]) ? "True" : "False"),
};

describe("on 2,500 texts drawn at random from pieces of replies", () => {
  test.each(Object.entries(rules))("%s is the tool's", (name, rule) => {
    const read = cases.map(([text, options, gold]) => [text, rule(text, choicesOf(options), gold) ?? null]);
    expect(read).toEqual(cases.map(([text, , , theirs]) => [text, theirs[name]]));
    // Each rule finds something in a good part of them.
    expect(new Set(read.map(([, found]) => found)).size).toBeGreaterThan(1);
  });
});
