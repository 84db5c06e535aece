import { describe, expect, test } from "vitest";
import { digitsSource, type Problem } from "../data/index.ts";
import type { Engine } from "../engine/index.ts";
import { openPrompts } from "../model/index.ts";
import { DIGITS_ASSETS } from "../train/digits-model.ts";
import { createDialogue, type Dialogue } from "./dialogue.ts";
import { type EvaluationOptions, evaluate } from "./evaluate.ts";
import { roleLegend, showTokens } from "./token-colours.ts";

const { tokenizer } = openPrompts(DIGITS_ASSETS);
const END = tokenizer.requireTokenId("<|im_end|>");
const format = { ...openPrompts(DIGITS_ASSETS), stopTokens: [END] };
const dialogue = createDialogue(format);
const source = digitsSource({
  split: "validation",
  seed: 1,
  options: { kinds: ["sum", "largest"], noise: 0 },
});

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
    world: (index) => source.world(index),
    ...options,
  });

const truths = Array.from({ length: 8 }, (_, index) => source.world(index));

describe("an evaluation", () => {
  test("of truthful traces is right in everything", async () => {
    const result = await measure(truths.map(({ trace }) => trace));
    expect(result).toMatchObject({ problems: 8, accuracy: 1, high: 1, truncatedShare: 0 });
    expect(result.low).toBeCloseTo(0.6756, 3);
    expect(result.readingPerDigit).toMatchObject({ share: 1 });
    expect(result.arithmeticGivenRightReading).toMatchObject({ share: 1, of: 8 });
    expect(result.reasoningGivenOwnReading).toMatchObject({ share: 1, of: 8 });
  });

  test("counts by kind", async () => {
    const texts = truths.map(({ trace, question }) =>
      question.kind === "sum" ? trace : "<answer>no</answer>",
    );
    const { byKind, accuracy } = await measure(texts);
    const sums = truths.filter(({ question }) => question.kind === "sum").length;
    expect(byKind).toMatchObject({ sum: { share: 1, of: sums }, largest: { share: 0, of: 8 - sums } });
    expect(accuracy).toBe(sums / 8);
  });

  test("tells a misread digit from a miscalculated one", async () => {
    const misread = await measure(truths.map(() => "<think>I see 0.</think><answer>x</answer>"));
    expect(misread.readingPerDigit?.share).toBeLessThan(0.5);
    expect(misread.arithmeticGivenRightReading).toMatchObject({ share: 0, of: 0, low: 0, high: 1 });
    const miscalculated = await measure(
      truths.map(({ trace }) => trace.replace(/<answer>.*/, "<answer>99</answer>")),
    );
    expect(miscalculated.readingPerDigit).toMatchObject({ share: 1 });
    expect(miscalculated.arithmeticGivenRightReading).toMatchObject({ share: 0, of: 8 });
  });

  test("counts completions that were cut off", async () => {
    const { truncatedShare, completionTokensMean } = await measure(
      truths.map(({ trace }) => trace),
      { maxCompletionTokens: 5 },
    );
    expect(truncatedShare).toBe(1);
    expect(completionTokensMean).toBe(5);
  });

  test("goes in batches, reports each, and ends early when asked to", async () => {
    const engine = scripted(truths.map(({ trace }) => trace));
    const seen: number[] = [];
    const whole = { engine: engine as unknown as Engine, onProgress: (done: number) => seen.push(done) };
    await measure(
      truths.map(({ trace }) => trace),
      whole,
    );
    expect(engine.asked).toEqual([3, 3, 2]);
    expect(seen).toEqual([3, 6, 8]);
    const early = await measure(
      truths.map(({ trace }) => trace),
      { shouldStop: () => seen.length > 3, onProgress: () => seen.push(0) },
    );
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
    const { trace } = truths[0]!;
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
