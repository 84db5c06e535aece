import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arithmeticGivenReading, readingAccuracy } from "./completion-accuracy.ts";
import { alignedRight } from "./judgement.ts";
import { digitsLabels } from "./labels.ts";
import { DIGITS_KINDS } from "./options.ts";
import { traceText } from "./questions.ts";
import { digitsSource } from "./source.ts";
import { parseStatements } from "./statements.ts";
import { truthOf } from "./truth.ts";
import type { DigitsTruth } from "./world.ts";

const source = digitsSource({
  split: "train",
  seed: 11,
  options: {
    canvases: ["84x84", "112x112"],
    digits: [2, 5],
    kinds: DIGITS_KINDS.filter((kind) => kind !== "cell"),
  },
});
const worlds = Array.from({ length: 1500 }, (_, index) => truthOf(source.problem(index)));

/** Labels by a truth alone: a problem has nothing else that they look at. */
const labelTokens = (tokens: readonly string[], truth: DigitsTruth) =>
  digitsLabels.label({ id: "made", images: [], question: "", answers: [], columns: { truth } }, tokens)!;

/** Words, digits and signs one by one, as the tokenizer cuts them. */
const tokenize = (text: string) => text.match(/ ?[A-Za-z]+| ?[-+=]|\d| |[<>/.,:]+|[\s\S]/g) ?? [];
const label = (text: string, truth: DigitsTruth) => {
  const tokens = tokenize(text);
  return labelTokens(tokens, truth).map((own, i) => ({ token: tokens[i]!.trim(), ...own }));
};

/** A world of its own for hand examples: 3, 5 and 2 from the top left, in one row. */
const hand = (question: DigitsTruth["question"]): DigitsTruth => ({
  canvas: { width: 84, height: 84 },
  rows: 3,
  columns: 3,
  paper: 0,
  noise: 0,
  digits: [3, 5, 2].map((value, column) => ({
    value,
    scan: 0,
    row: 0,
    column,
    box: { x: 28 * column, y: 0, side: 28 },
    ink: 1,
  })),
  question,
  needed: [3, 5, 2],
  answer: question.kind === "sum" ? "10" : "5",
  trace: traceText(question, [3, 5, 2]),
});

/** "3i+ 5r+ …": what has a role, with its first letter and + right, - wrong, 0 nothing. */
const shown = (text: string, truth: DigitsTruth) =>
  label(text, truth)
    .filter(({ role }) => role !== "other")
    .map(({ token, role, correct }) => `${token}${role[0]}${correct === null ? "0" : correct ? "+" : "-"}`)
    .join(" ");

describe("labels", () => {
  test.each([
    [
      "a true trace",
      "<think>I see 3, 5 and 2. 3 + 5 = 8. 8 + 2 = 10.</think><answer>10</answer>",
      "3i+ 5i+ 2i+ 3r+ +r+ 5r+ =r0 8r+ 8r+ +r+ 2r+ =r0 1r+ 0r+ 1r+ 0r+",
    ],
    [
      "a misread digit and right reasoning from it",
      "<think>I see 4, 5 and 2. 4 + 5 = 9. 9 + 2 = 11.</think><answer>11</answer>",
      "4i- 5i+ 2i+ 4r+ +r+ 5r+ =r0 9r+ 9r+ +r+ 2r+ =r0 1r+ 1r+ 1r- 1r-",
    ],
    [
      "a wrong step",
      "<think>I see 3, 5 and 2. 3 + 5 = 9. 9 + 2 = 11.</think><answer>11</answer>",
      "3i+ 5i+ 2i+ 3r+ +r+ 5r+ =r0 9r- 9r+ +r+ 2r+ =r0 1r+ 1r+ 1r- 1r-",
    ],
    [
      "an operand from nowhere",
      "<think>I see 3, 5 and 2. 3 + 7 = 10. 10 + 2 = 12.</think><answer>10</answer>",
      "3i+ 5i+ 2i+ 3r+ +r+ 7r- =r0 1r+ 0r+ 1r+ 0r+ +r+ 2r+ =r0 1r+ 2r+ 1r+ 0r+",
    ],
    [
      "a skipped digit does not make the next one wrong",
      "<think>I see 3 and 2. 3 + 2 = 5.</think><answer>5</answer>",
      "3i+ 2i+ 3r+ +r+ 2r+ =r0 5r+ 5r-",
    ],
    ["several terms in one step", "<think>3 + 5 + 2 = 10.", "3r+ +r+ 5r+ +r+ 2r+ =r0 1r+ 0r+"],
    ["another operator", "<think>I see 5 and 3. 5 - 3 = 2.", "5i+ 3i- 5r+ -r- 3r+ =r0 2r+"],
    ["a reading of another line", "In the top row I see 3, 5 and 9.", "3i+ 5i+ 9i-"],
    ["a reading of an empty line", "In the bottom row I see 3.", "3i-"],
    ["an extreme that is not asked for", "The leftmost is 3. The topmost is 3.", "3i+ 3i-"],
    ["cut off in the middle", "<think>I see 3, 5 and", "3i+ 5i+"],
    ["cut off in the answer", "<answer>1", "1r-"],
    ["numbers without a statement", "3 5 2 10", ""],
    ["an answer in words", "<answer>ten</answer>", "tenr-"],
  ])("%s", (_, text, expected) => {
    expect(shown(text, hand({ kind: "sum" }))).toBe(expected);
  });

  test.each([
    ["a largest that is not", "I see 3, 5 and 2. The largest is 3.", "3i+ 5i+ 2i+ 3r-"],
    ["a largest of what was misread", "I see 3, 9 and 2. The largest is 9.", "3i+ 9i- 2i+ 9r+"],
    ["a largest of nothing", "The largest is 9.", "9r0"],
  ])("%s", (_, text, expected) => {
    expect(shown(text, hand({ kind: "largest" }))).toBe(expected);
  });

  test.each([
    ["a selection", "I see 3, 5 and 2. Greater than 2: 3 and 5. That is 2.", "3i+ 5i+ 2i+ 2r+ 3r+ 5r+ 2r+"],
    [
      "a wrong selection",
      "I see 3, 5 and 2. Greater than 2: 5 and 2. That is 2.",
      "3i+ 5i+ 2i+ 2r+ 5r- 2r- 2r+",
    ],
    ["another threshold", "I see 3, 5 and 2. Greater than 4: 5. That is 1.", "3i+ 5i+ 2i+ 4r- 5r+ 1r+"],
    ["a wrong none", "I see 3, 5 and 2. Greater than 2: none. That is 0.", "3i+ 5i+ 2i+ 2r+ noner- 0r+"],
    ["a wrong count", "I see 3, 5 and 2. Greater than 2: 3 and 5. That is 3.", "3i+ 5i+ 2i+ 2r+ 3r+ 5r+ 3r-"],
  ])("%s", (_, text, expected) => {
    expect(shown(text, hand({ kind: "count-greater", threshold: 2 }))).toBe(expected);
  });

  test("an answer follows from the completion's own steps, right or wrong", () => {
    const follows = (text: string) =>
      label(text, hand({ kind: "sum" })).find((own) => own.statement === "answer")?.follows;
    expect(follows("<think>I see 4, 5 and 2. 4 + 5 = 9. 9 + 2 = 11.</think><answer>11</answer>")).toBe(true);
    expect(follows("<think>I see 4, 5 and 2. 4 + 5 = 9. 9 + 2 = 11.</think><answer>10</answer>")).toBe(false);
    expect(follows("<answer>10</answer>")).toBe(null);
  });

  test("every token of thousands of true traces is right, and every needed digit is read once", () => {
    for (const truth of worlds) {
      const labels = label(truth.trace, truth);
      expect(labels.filter(({ correct, follows }) => correct === false || follows === false)).toEqual([]);
      const read = labels.filter(({ role }) => role === "image").map(({ token }) => Number(token));
      expect(read).toEqual(truth.needed);
      const plain = labels.filter(({ role }) => role === "other").map(({ token }) => token);
      expect(plain.filter((token) => /\d/.test(token))).toEqual([]);
    }
  });

  test("a changed number in a true trace is found, and nothing before it is blamed", () => {
    for (const [w, truth] of worlds.entries()) {
      const tokens = tokenize(truth.trace);
      const places = tokens.flatMap((token, t) => (/^\d$/.test(token) ? [t] : []));
      const place = places[w % places.length]!;
      tokens[place] = String((Number(tokens[place]) + 1 + (w % 9)) % 10);
      const labels = labelTokens(tokens, truth);
      const wrong = labels.flatMap(({ correct }, t) => (correct === false ? [t] : []));
      const { role, statement } = labels[place]!;
      const before = wrong.filter((t) => t < place);
      // A changed digit of a number makes all digits of that number wrong.
      expect(before.every((t) => tokens.slice(t, place).every((token) => /^[-\d ]+$/.test(token)))).toBe(
        true,
      );
      if (role === "image" || statement === "answer") expect(wrong).toContain(place);
      if (role === "image") {
        expect(labels.filter((own) => own.role === "image" && own.correct === false)).toHaveLength(1);
      }
      if (statement === "answer")
        expect(labels.every((own) => own.correct !== false || own.statement === "answer")).toBe(true);
      if (statement === "step") {
        const blamed = labels.filter((own) => own.correct === false);
        expect(blamed.length).toBeGreaterThan(0);
        expect(blamed.every((own) => own.statement === "step")).toBe(true);
      }
    }
  });

  test("a misread digit and all that follows from it is one wrong reading and a wrong answer", () => {
    for (const [w, truth] of worlds.entries()) {
      const values = [...truth.needed];
      const place = w % values.length;
      values[place] = (values[place]! + 1 + (w % 9)) % 10;
      const completion = traceText(truth.question, values);
      const labels = label(completion, truth).filter(({ correct }) => correct === false);
      expect(labels.filter(({ role }) => role === "image").map(({ token }) => token)).toEqual([
        String(values[place]),
      ]);
      expect(labels.every(({ role, statement }) => role === "image" || statement === "answer")).toBe(true);
      const isSame = completion.endsWith(`<answer>${truth.answer}</answer>`);
      expect(labels.some(({ statement }) => statement === "answer")).toBe(!isSame);
      expect(readingAccuracy(completion, truth).right).toBe(truth.needed.length - 1);
      expect(arithmeticGivenReading(completion, truth)).toBe(true);
    }
  });

  test("labels do not depend on how the text is cut, but where a cut joins statements", () => {
    for (const truth of worlds.slice(0, 200)) {
      const byCharacter = labelTokens(truth.trace.split(""), truth);
      const tokens = tokenize(truth.trace);
      let start = 0;
      for (const [t, own] of labelTokens(tokens, truth).entries()) {
        const roles = byCharacter.slice(start, start + tokens[t]!.length).map(({ role }) => role);
        expect(
          own.role === "other" ? roles.every((role) => role === "other") : roles.includes(own.role),
        ).toBe(true);
        start += tokens[t]!.length;
      }
    }
    const one = labelTokens([worlds[0]!.trace], worlds[0]!);
    expect(one).toMatchObject([{ role: "image", correct: true }]);
  });

  test("any text gets a label for each token and never throws", () => {
    const piece = fc.constantFrom(
      ..."I see |In the |top row|The |leftmost| is |largest|Greater than |: |none|That is |, | and | + | - | = |<answer>|</answer>|<think>|-|.".split(
        "|",
      ),
      ..."0123456789".split(""),
    );
    const text = fc.oneof(fc.array(piece, { maxLength: 40 }), fc.array(fc.string({ unit: "binary" })));
    fc.assert(
      fc.property(text, fc.nat(worlds.length - 1), (tokens, w) => {
        const truth = worlds[w]!;
        expect(labelTokens(tokens, truth)).toHaveLength(tokens.length);
        const { right, needed, stated } = readingAccuracy(tokens.join(""), truth);
        expect(right >= 0 && right <= Math.min(needed, stated)).toBe(true);
        arithmeticGivenReading(tokens.join(""), truth);
      }),
      { numRuns: 1000 },
    );
    expect(labelTokens(["", "", ""], worlds[0]!).map(({ role }) => role)).toEqual([
      "other",
      "other",
      "other",
    ]);
  });

  test.each([
    "1",
    "1 + ",
    "I see 1, ",
    "1, 2 and ",
    "The leftmost is ",
    "<answer>",
    "Greater than 1: 2 and ",
    "-",
  ])("a long run of %j takes no time", (piece) => {
    // Processor time: other work on the machine does not count.
    const start = process.cpuUsage();
    parseStatements(piece.repeat(20_000));
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(2000);
  });
});

describe("alignedRight", () => {
  test.each([
    [
      [3, 5, 2],
      [3, 5, 2],
      [true, true, true],
    ],
    [
      [3, 4, 2],
      [3, 5, 2],
      [true, false, true],
    ],
    [
      [5, 3],
      [3, 5],
      [false, false],
    ],
    [
      [3, 2],
      [3, 5, 2],
      [true, true],
    ],
    [
      [3, 5, 5, 2],
      [3, 5, 2],
      [true, true, false, true],
    ],
    [[], [3], []],
    [[3], [], [false]],
  ])("%j against %j: %j", (stated, expected, right) => {
    const aligned = alignedRight(stated, expected);
    expect(aligned.filter(Boolean)).toHaveLength(right.filter(Boolean).length);
    if (stated.length <= expected.length) expect(aligned).toEqual(right);
  });
});

describe("completion accuracy", () => {
  const sum = hand({ kind: "sum" });

  test("true traces read all needed digits and reason right", () => {
    for (const truth of worlds) {
      const needed = truth.needed.length;
      expect(readingAccuracy(truth.trace, truth)).toEqual({ right: needed, needed, stated: needed });
      expect(arithmeticGivenReading(truth.trace, truth)).toBe(true);
    }
  });

  test.each([
    ["one of three misread", "I see 4, 5 and 2.", 2],
    ["one of three skipped", "I see 3 and 2.", 2],
    ["one too many", "I see 3, 5, 2 and 2.", 3],
    ["nothing stated", "<answer>10</answer>", 0],
    ["another subject", "In the top row I see 3, 5 and 2.", 0],
    ["read again", "I see 4, 5 and 2. I see 3, 5 and 2.", 3],
  ])("%s: %s, %d of 3", (_, text, right) => {
    expect(readingAccuracy(text, sum)).toMatchObject({ right, needed: 3 });
  });

  test.each([
    ["a wrong step", "I see 3, 5 and 2. 3 + 5 = 9. 9 + 2 = 11.<answer>11</answer>", false],
    ["a wrong answer to right steps", "I see 3, 5 and 2. 3 + 5 = 8. 8 + 2 = 10.<answer>11</answer>", false],
    [
      "a true answer that the reading does not give",
      "I see 4, 5 and 2. 4 + 5 = 9.<answer>10</answer>",
      false,
    ],
    ["an operand from nowhere", "I see 3, 5 and 2. 7 + 3 = 10.<answer>10</answer>", false],
    ["no step at all", "I see 3, 5 and 2.<answer>10</answer>", true],
    ["no answer", "I see 3, 5 and 2. 3 + 5 = 8. 8 + 2 = 10.", false],
    ["no reading", "<answer>10</answer>", null],
  ])("%s: %s", (_, text, expected) => {
    expect(arithmeticGivenReading(text, sum)).toBe(expected);
  });
});
