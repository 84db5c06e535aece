import { describe, expect, test } from "vitest";
import type { Problem, ProblemSource } from "../data/index.ts";
import type { Engine } from "../engine/index.ts";
import { SMALL_ASSETS } from "../engine/small-model.ts";
import { DataError } from "../errors/index.ts";
import { openPrompts } from "../model/index.ts";
import { answerVerdict, type Verdict } from "../verify/index.ts";
import { createDialogue, type Dialogue } from "./dialogue.ts";
import { type EvaluatedAnswer, type EvaluationOptions, evaluate } from "./evaluate.ts";
import { roleLegend, showTokens } from "./token-colours.ts";

const { tokenizer } = openPrompts(SMALL_ASSETS);
const END = tokenizer.requireTokenId("<|im_end|>");
const format = { ...openPrompts(SMALL_ASSETS), stopTokens: [END] };
const dialogue = createDialogue(format);
/** The n-th problem asks for n + 2; even problems are sums. */
const image = { width: 84, height: 84, data: new Uint8Array(84 * 84 * 3).fill(90) };
const source = {
  fingerprint: "made",
  size: Infinity,
  problem: (index: number): Problem => ({
    id: `made-${index}`,
    images: [image],
    question: "What is the sum of all digits?",
    answers: [String(index + 2)],
    kind: index % 2 === 0 ? "sum" : "largest",
    columns: { read: index },
  }),
} satisfies ProblemSource;
const traces = Array.from(
  { length: 8 },
  (_, i) => `<think>I see 2 and ${i}.</think><answer>${i + 2}</answer>`,
);

/** An engine that completes the n-th prompt it is given with the n-th text. */
function scripted(
  texts: readonly string[],
  own: Dialogue = dialogue,
): Pick<Engine, "sample"> & { asked: number[] } {
  let next = 0;
  const asked: number[] = [];
  return {
    asked,
    async sample({ prompts, maxCompletionTokens }) {
      asked.push(prompts.length);
      return prompts.map(() => {
        const whole = own.completionTokens(texts[next++] ?? "");
        const tokens = whole.slice(0, maxCompletionTokens);
        const zeros = new Float64Array(tokens.length);
        const stopReason = tokens.length < whole.length ? ("length" as const) : ("stop" as const);
        return [{ tokens, logprobs: zeros, entropy: zeros, stopReason }];
      });
    },
  };
}

const measure = (texts: readonly string[], options: Partial<EvaluationOptions> = {}) =>
  evaluate({
    engine: scripted(texts) as unknown as Engine,
    dialogue,
    source,
    problems: texts.length,
    batchSize: 3,
    maxCompletionTokens: 99,
    verdict: answerVerdict(),
    ...options,
  });

describe("an evaluation", () => {
  test("of right answers: accuracy with its interval", async () => {
    const result = await measure(traces);
    expect(result).toMatchObject({ problems: 8, accuracy: 1, high: 1, truncatedShare: 0, unscorable: 0 });
    expect(result.low).toBeCloseTo(0.6756, 3);
    expect(result).not.toHaveProperty("measures");
  });

  test("counts by kind", async () => {
    const texts = traces.map((trace, i) => (i % 2 === 0 ? trace : "<answer>no</answer>"));
    const { byKind, accuracy } = await measure(texts);
    expect(byKind).toMatchObject({ sum: { share: 1, of: 4 }, largest: { share: 0, of: 4 } });
    expect(accuracy).toBe(0.5);
  });

  test("adds the task's measures over problems, each a share with its interval", async () => {
    const texts = traces.map((trace, i) => (i < 2 ? "<answer>99</answer>" : trace));
    const { measures } = await measure(texts, {
      measures: ({ columns }, completion, isRight) => ({
        reading: { right: Number(completion.includes(`and ${String(columns["read"])}.`)), of: 1 },
        late: Number(columns["read"]) > 5 ? { right: Number(isRight), of: 1 } : { right: 0, of: 0 },
        never: { right: 0, of: 0 },
      }),
    });
    expect(measures).toMatchObject({
      reading: { share: 6 / 8, of: 8 },
      late: { share: 1, of: 2 },
      never: { share: 0, of: 0, low: 0, high: 1 },
    });
    expect(measures!["reading"]!.low).toBeCloseTo(0.4093, 3);
    expect(measures!["reading"]!.high).toBeCloseTo(0.9285, 3);
  });

  test.each([
    { right: 2, of: 1 },
    { right: 0.5, of: 1 },
    { right: Number.NaN, of: 1 },
    { right: -1, of: 1 },
  ])("refuses a measure that is no share: %j", async (tally) => {
    const bad = measure(traces, { measures: () => ({ odd: tally }) });
    await expect(bad).rejects.toThrow(/^measure odd of problem made-0: expected whole numbers/);
  });

  test("judges by the verdict alone, and leaves out what it cannot judge", async () => {
    const verdict: Verdict = {
      name: "made",
      judge: async (text, { answers: [answer] }) => ({
        extracted: text,
        score: answer === "2" ? null : answer === "3" ? 0.5 : 1,
        reason: "made",
      }),
    };
    const never = () => ({ counted: { right: 1, of: 1 } });
    const result = await measure(traces, { verdict, measures: never });
    expect(result).toMatchObject({ problems: 8, accuracy: 6 / 7, unscorable: 1 });
    expect(result.byKind["sum"]).toMatchObject({ share: 1, of: 3 });
    expect(result.measures!["counted"]!.of).toBe(7);
  });

  test("passes every answer on in order, before it ends", async () => {
    const answers: EvaluatedAnswer[] = [];
    const texts = traces.with(3, "<answer>99</answer>");
    await measure(texts, { onAnswer: async (answer) => void answers.push(answer) });
    expect(answers.map(({ text }) => text)).toEqual(texts);
    expect(answers[3]).toMatchObject({
      index: 3,
      problem: { id: "made-3" },
      stopReason: "stop",
      judgement: { extracted: "99", score: 0 },
    });
    expect(dialogue.text(answers[3]!.tokens)).toBe(texts[3]);
  });

  test("counts completions that were cut off", async () => {
    const { truncatedShare, completionTokensMean } = await measure(traces, { maxCompletionTokens: 5 });
    expect(truncatedShare).toBe(1);
    expect(completionTokensMean).toBe(5);
  });

  test("ends where more rows of a small source are broken than their share of these", async () => {
    const rows: ProblemSource = {
      ...source,
      size: 10,
      problem: (index) => {
        if (index < 2) throw new DataError(`row ${index} is broken`);
        return source.problem(index);
      },
    };
    const within = await measure(traces, { source: rows, maxBrokenShare: 0.2 });
    expect(within).toMatchObject({ problems: 8, brokenRows: 2 });
    await expect(measure(traces, { source: rows, maxBrokenShare: 0.1 })).rejects.toThrow(
      "2 of 2 rows are broken, expected at most a share of 0.1 (data.maxBrokenShare)",
    );
  });

  test("goes in batches, reports each, and ends early when asked to", async () => {
    const engine = scripted(traces);
    const seen: number[] = [];
    const whole = { engine: engine as unknown as Engine, onProgress: (done: number) => seen.push(done) };
    await measure(traces, whole);
    expect(engine.asked).toEqual([3, 3, 2]);
    expect(seen).toEqual([3, 6, 8]);
    const early = await measure(traces, {
      shouldStop: () => seen.length > 3,
      onProgress: () => seen.push(0),
    });
    expect(early.problems).toBe(3);
  });
});

describe("a dialogue", () => {
  const problem: Problem = source.problem(0);

  test("puts the images first, then the question, and opens the assistant's turn", () => {
    const { chunks } = dialogue.prompt(problem);
    expect(chunks.map(({ kind }) => kind)).toEqual(["text", "image", "text"]);
    const last = chunks.at(-1);
    const text = last?.kind === "text" ? tokenizer.decode(last.tokens) : "";
    expect(text).toBe(`<|vision_end|>${problem.question}<|im_end|>\n<|im_start|>assistant\n`);
  });

  test("puts images where the question has their places", () => {
    const [image] = problem.images;
    const two = { ...problem, images: [image!, image!], question: "Is <image> like <image>?" };
    const { chunks } = dialogue.prompt(two);
    expect(chunks.map(({ kind }) => kind)).toEqual(["text", "image", "text", "image", "text"]);
    expect(() => dialogue.prompt({ ...two, images: [image!] })).toThrow("2 places <image>, got 1");
  });

  test("counts the tokens of a prompt, images at the size at which they are shown", () => {
    const prompt = dialogue.prompt(problem);
    const text = prompt.chunks.reduce(
      (sum, chunk) => sum + (chunk.kind === "text" ? chunk.tokens.length : 0),
      0,
    );
    // 84 by 84 pixels are three by three tokens of 28.
    expect(dialogue.promptTokens(prompt)).toBe(text + 9);
  });

  test("adds the system message and the suffix that it was given", () => {
    const own = createDialogue({ ...format, system: "I see", suffix: " What is the sum?" });
    const all = own
      .prompt(problem)
      .chunks.map((chunk) => (chunk.kind === "text" ? tokenizer.decode(chunk.tokens) : ""));
    expect(all.join("")).toContain("<|im_start|>system\nI see<|im_end|>");
    expect(all.join("")).toContain(`${problem.question} What is the sum?<|im_end|>`);
  });

  test("reads back what it writes, without the stop token", () => {
    const [trace = ""] = traces;
    const tokens = dialogue.completionTokens(trace);
    expect(tokens.at(-1)).toBe(END);
    expect(dialogue.text(tokens)).toBe(trace);
    expect(dialogue.tokenTexts(tokens).join("")).toBe(trace);
    expect(dialogue.tokenTexts(tokens).at(-1)).toBe("");
  });
});

describe("tokens in the terminal", () => {
  const tokens = [
    { text: "I see 3", role: "visual", isWrong: true },
    { text: "+1", role: "text" },
    { text: "\n.", role: "neutral", isWrong: true },
    { text: "", role: "neutral" },
  ] as const;

  test("have a mark below each character where colours are not wanted", () => {
    expect(showTokens(tokens, false)).toBe("I see 3+1⏎.\nVVVVVVVtt!!");
  });

  test("have a colour by role where they are, and lose nothing of their text", () => {
    const shown = showTokens(tokens, true);
    expect(shown).toContain("\u001b[38;5;39m\u001b[4mI see 3\u001b[0m");
    const pieces = shown.split("\u001b[").map((piece) => piece.replace(/^[\d;]*m/, ""));
    expect(pieces.join("")).toBe("I see 3+1\n.");
    expect(roleLegend(true)).toContain("\u001b[38;5;208mtext");
    expect(roleLegend(false)).not.toContain("\u001b");
  });
});
