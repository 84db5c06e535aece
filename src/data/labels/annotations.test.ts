import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DataError } from "../../errors/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { annotatedLabels } from "./annotated-labels.ts";
import { completionHash, readAnnotations } from "./annotations.ts";

const TEXT = "It shows 5 cubes. 5 + 1 = 7";
const span = (start: number, end: number, more: object = {}) => ({ start, end, role: "image", ...more });
const line = (more: object = {}) => ({ problem: "p", completion: TEXT, spans: [span(9, 10)], ...more });

function written(...lines: readonly (object | string)[]): string {
  const path = join(temporaryDirectory(), "labels.jsonl");
  const texts = lines.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  writeFileSync(path, texts.map((text) => `${text}\n`).join(""));
  return path;
}

const read = (...lines: readonly (object | string)[]) => readAnnotations(written(...lines));

/** Tokens of one character each, of any length in UTF-16. */
const characters = (text: string) => Array.from(text);
const problem = { id: "p", images: [], question: "?", answers: [], columns: {} };

async function labelled(text: string, ...lines: readonly object[]) {
  const labels = annotatedLabels(await read(...lines), [{ problem: "p", text }]);
  return { labels, tokens: labels.label(problem, characters(text))! };
}

describe("annotations", () => {
  test("find their completion by its text or by its hash", async () => {
    const byText = await labelled(TEXT, line());
    const byHash = await labelled(TEXT, line({ completion: completionHash(TEXT) }));
    expect(byHash.tokens).toEqual(byText.tokens);
    expect(byText.tokens.flatMap(({ role }, at) => (role === "image" ? [at] : []))).toEqual([9]);
    expect(byText.labels.label({ ...problem, id: "q" }, characters(TEXT))).toBeUndefined();
    expect(byText.labels.label(problem, characters(`${TEXT}!`))).toBeUndefined();
  });

  test("count characters as Python does: one for each code point", async () => {
    const text = "😀 5 𝑥";
    const spans = [span(2, 3, { correct: true, text: "5" }), span(4, 5, { correct: false, text: "𝑥" })];
    const { tokens } = await labelled(text, line({ completion: text, spans }));
    expect(tokens.map(({ role, correct }) => [role, correct])).toEqual([
      ["other", null],
      ["other", null],
      ["image", true],
      ["other", null],
      ["image", false],
    ]);
  });

  test("give the right texts: the token's own where it is right, and the given texts", async () => {
    const spans = [
      span(9, 10, { correct: true, right: ["five"] }),
      { start: 26, end: 27, role: "reasoning", correct: false, right: ["6", "six"] },
      { start: 18, end: 19, role: "reasoning", correct: false },
    ];
    const { labels } = await labelled(TEXT, line({ spans }));
    const right = labels.rightTexts(problem, characters(TEXT));
    expect(right.flatMap((one, at) => (one === null ? [] : [[at, one.texts]]))).toEqual([
      [9, ["5", "five"]],
      [26, ["6", "six"]],
    ]);
  });
});

describe("several annotators", () => {
  const by = (annotator: string, spans: readonly object[]) => line({ annotator, spans });
  const wrong = { correct: false };

  test("decide by majority, on the role first and then on whether it is right", async () => {
    const { labels, tokens } = await labelled(
      TEXT,
      by("ada", [span(9, 10, { correct: true }), span(18, 19, { ...wrong, right: ["6"] })]),
      by("ben", [span(9, 10, wrong), { ...span(18, 19, { ...wrong, right: ["six"] }) }]),
      by("cid", [{ ...span(9, 10, { correct: true }), role: "reasoning" }, span(26, 27)]),
    );
    // Two of three call 9 a reading, and disagree on it; 18 is a wrong one; 26 has one vote.
    expect([tokens[9], tokens[18], tokens[26]]).toMatchObject([
      { role: "image", correct: null },
      { role: "image", correct: false },
      { role: "other", correct: null },
    ]);
    expect(labels.rightTexts(problem, characters(TEXT))[18]).toEqual({ lead: "", texts: ["6", "six"] });
  });

  test("who are two and disagree leave a token other", async () => {
    const { tokens } = await labelled(
      TEXT,
      by("ada", [span(9, 10, { correct: true })]),
      by("ben", [{ start: 9, end: 10, role: "reasoning", correct: true }]),
    );
    expect(tokens[9]).toMatchObject({ role: "other", correct: null });
  });

  test("agree by Cohen's kappa over the tokens that have text", async () => {
    const text = "abcdefghij";
    const of = (annotator: string, spans: readonly object[]) => ({
      problem: "p",
      completion: text,
      annotator,
      spans,
    });
    const annotations = await read(
      of("ben", [span(0, 2, { correct: true }), span(2, 4, wrong)]),
      of("ada", [span(0, 3, { correct: true }), { start: 3, end: 5, role: "reasoning", correct: true }]),
    );
    const labels = annotatedLabels(annotations, [{ problem: "p", text }]);
    const [pair, ...more] = labels.agreement([{ problem: "p", tokens: ["", ...characters(text), ""] }]);
    expect(more).toEqual([]);
    // ada iiirrooooo, ben iiiiooooooo: alike in 8 of 10; by chance .3·.4 + .2·0 + .5·.6 = .42.
    expect(pair!.annotators).toEqual(["ada", "ben"]);
    expect(pair!.tokens).toBe(10);
    expect(pair!.role).toBeCloseTo((0.8 - 0.42) / 0.58, 12);
    // image: alike in 9; by chance .3·.4 + .7·.6 = .54.
    expect(pair!.byRole.image).toBeCloseTo((0.9 - 0.54) / 0.46, 12);
    expect(pair!.byRole.reasoning).toBeCloseTo(0, 12);
    // Right and wrong where both say it, tokens 0 to 3: ada ++++, ben ++−−; alike in half, as by chance.
    expect(pair!.correctness.tokens).toBe(4);
    expect(pair!.correctness.kappa).toBeCloseTo(0, 12);
  });
});

describe("refuses, naming the line,", () => {
  test.each<[string, readonly (object | string)[], RegExp]>([
    ["an empty file", [], /labels\.jsonl: expected a line for each labelled completion, got none$/],
    ["a line that is no JSON", [line(), "{"], /line 2: is no JSON/],
    ["a line that is no object", ["[]"], /line 1: expected a JSON object, got a list$/],
    [
      "a template that was not filled in",
      [line({ spans: null })],
      /line 1: spans: expected a list of spans, got null$/,
    ],
    [
      "an unknown role",
      [line({ spans: [span(0, 1, { role: "visual" })] })],
      /line 1: spans\.0\.role: Invalid option: expected one of "image"\|"reasoning"\|"other", got "visual"$/,
    ],
    ["an unknown key", [line({ span: [] })], /line 1: Unrecognized key: "span"$/],
    ["an invalid place", [line({ spans: [span(-1, 1)] })], /line 1: spans\.0\.start: .*, got -1$/],
    ["half a place", [line({ spans: [span(0.5, 1)] })], /line 1: spans\.0\.start: .*, got 0\.5$/],
    [
      "an empty span",
      [line({ spans: [span(3, 3)] })],
      /line 1: spans\.0\.end: expected end above start, got 3$/,
    ],
    [
      "a correctness of nothing",
      [line({ spans: [span(0, 1, { role: "other", correct: true })] })],
      /spans\.0\.correct: role other can be neither right nor wrong, got true$/,
    ],
    [
      "spans that overlap",
      [line({ spans: [span(4, 9), span(0, 5)] })],
      /line 1: expected spans that do not overlap, got 0 to 5 and 4 to 9$/,
    ],
    [
      "a completion twice",
      [line(), line()],
      /line 2: expected a completion once without an annotator, got it in .*line 1/,
    ],
    [
      "a completion twice by one of them",
      [line({ annotator: "ada" }), line({ annotator: "ada" })],
      /line 2: expected a completion once by ada, got it in .*line 1/,
    ],
    [
      "another set of annotators",
      [line({ annotator: "ada" }), line({ annotator: "ben" }), line({ annotator: "ada", problem: "q" })],
      /line 3: expected every completion to have the annotators of .*line 1, ada, ben, got ada$/,
    ],
    [
      "a line without an annotator among others",
      [line({ annotator: "ada" }), line({ problem: "q" })],
      /line 2: expected every completion to have the annotators .* ada, got none$/,
    ],
  ])("%s", async (_, lines, message) => {
    const error = await read(...lines).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).toMatch(message);
  });

  test.each<[string, object, RegExp]>([
    [
      "a span beyond the text",
      { spans: [span(20, 28)] },
      /line 1: expected spans within the 27 characters of the completion, got 20 to 28$/,
    ],
    [
      "a stretch that is another text",
      { spans: [span(9, 10, { text: "cubes" })] },
      /line 1: span 9 to 10: expected the text "cubes", got "5"$/,
    ],
    [
      "a wrong text that is right",
      { spans: [span(9, 10, { correct: false, right: ["5"] })] },
      /line 1: span 9 to 10: expected right texts other than the wrong one, got "5"$/,
    ],
    [
      "a completion that was not recorded",
      { completion: "It shows 4 cubes." },
      /line 1: expected a completion of problem p that was recorded, got another text \(1 of 1 completions/,
    ],
  ])("%s", async (_, more, message) => {
    const annotations = await read(line(more));
    expect(() => annotatedLabels(annotations, [{ problem: "p", text: TEXT }])).toThrow(message);
  });
});
