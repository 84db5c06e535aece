import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ConfigError, DataError } from "../../errors/index.ts";
import type { Problem } from "../problem.ts";
import { SPLITS, splitSource } from "../task.ts";
import { DIGITS_KINDS, type DigitsOptions } from "./options.ts";
import { digitsTask } from "./task.ts";
import { truthOf } from "./truth.ts";

const options: Partial<DigitsOptions> = {
  canvases: ["84x84", "84x112", "112x84", "112x112"],
  digits: [2, 5],
  kinds: DIGITS_KINDS.filter((kind) => kind !== "cell"),
};
const warmStart = { scans: 30, seed: 1, readingSteps: 4, transcriptionSteps: 5, describedShare: 0.3 };
const task = digitsTask({ seed: 7, evaluationSeed: 7, options, warmStart });
const lessons = task.demonstrations!;

/** Everything that a model or a verifier sees of problems, in one hash. */
class Digest {
  readonly #hash = createHash("sha256");

  constructor(fingerprint: string) {
    this.#hash.update(fingerprint);
  }

  add({
    columns: _columns,
    visualFacts: _facts,
    claims: _claims,
    evidence: _evidence,
    images,
    ...rest
  }: Problem): this {
    this.#hash.update(JSON.stringify(rest));
    for (const { data } of images) this.#hash.update(data);
    return this;
  }

  text(text: string): this {
    this.#hash.update(text);
    return this;
  }

  get hex(): string {
    return this.#hash.digest("hex");
  }
}

describe("the digits task", () => {
  // Recorded before problems carried their truth: runs of then and now see the same problems.
  test.each([
    ["train", "5555bdfe5a9bff75827e79d18c56b3a11422831da53b8fe741ccc2329fd4c70a"],
    ["validation", "be08c8b2ad820f786f46e67f5395446d9f8970e7db5198d0c0379e229dc03bd2"],
    ["test", "e200ed4f5f8cb906ee5b3b8463f519d845fe8bb015cb22dfbf94376fb5db245e"],
  ] as const)("%s problems never change", (split, expected) => {
    const source = task[split];
    const digest = new Digest(source.fingerprint);
    for (let index = 0; index < 100; index++) digest.add(source.problem(index));
    expect(digest.hex).toBe(expected);
  });

  test.each([
    ["reading", 4, "8abc36fa42924be35860032ef85e3ea3c50ccaa2dba4cbe569ccf22e4d4a4ed6"],
    ["transcription", 5, "8199424d8cad560a57ed7ce6c6e64a37c36b164075576fc63f857ab6e452032b"],
    ["reasoning", undefined, "1ef6bde131c13f0c5157e6c244798903050fc5f5a9e0eebafcb7b1c1f03a3d72"],
  ] as const)("the lesson %s never changes, and comes in its order", async (name, steps, expected) => {
    const lesson = lessons[["reading", "transcription", "reasoning"].indexOf(name)]!;
    expect([lesson.name, lesson.steps]).toEqual([name, steps]);
    const digest = new Digest(lesson.source.fingerprint);
    for (let index = 0; index < 100; index++) {
      const { problem, completion } = await lesson.source.demonstration(index);
      digest.add(problem).text(completion);
    }
    expect(digest.hex).toBe(expected);
  });

  test("has the splits of every task, and no demonstrations unless asked for", async () => {
    for (const split of SPLITS) expect(await splitSource(task, split)).toBe(task[split]);
    expect(digitsTask({ seed: 1, evaluationSeed: 1 })).not.toHaveProperty("demonstrations");
    expect(() => digitsTask({ seed: 1, evaluationSeed: 1, warmStart: { ...warmStart, scans: 0 } })).toThrow(
      ConfigError,
    );
  });

  test("draws evaluation problems by their own seed", () => {
    const other = digitsTask({ seed: 8, evaluationSeed: 7, options });
    expect(other.validation.problem(0)).toEqual(task.validation.problem(0));
    expect(other.train.problem(0)).not.toEqual(task.train.problem(0));
  });
});

describe("the truth of a problem", () => {
  const problem = task.test.problem(3);
  const tokens = truthOf(problem).trace.split(/(?=\d)/);

  test("goes through JSON, and is enough for labels and measures", () => {
    const columns = JSON.parse(JSON.stringify(problem.columns)) as Problem["columns"];
    const read: Problem = { ...problem, images: [], columns };
    expect(truthOf(read)).toEqual(truthOf(problem));
    expect(task.labels!.label(read, tokens)).toEqual(task.labels!.label(problem, tokens));
    expect(task.labels!.rightTexts!(read, tokens)).toEqual(task.labels!.rightTexts!(problem, tokens));
    expect(task.measures!(read, tokens.join(""), true)).toEqual(
      task.measures!(problem, tokens.join(""), true),
    );
  });

  test("that is missing or broken is a data error that names problem and column", () => {
    const without = { ...problem, columns: {} };
    const broken = { ...problem, columns: { truth: { ...truthOf(problem), question: { kind: "product" } } } };
    expect(() => task.labels!.label(without, tokens)).toThrow(DataError);
    expect(() => truthOf(without)).toThrow(`problem ${problem.id}: column truth: expected the truth`);
    expect(() => truthOf(broken)).toThrow(`problem ${problem.id}: column truth.question.kind`);
  });
});

describe("measures", () => {
  const problem = task.test.problem(0);
  const { trace, needed } = truthOf(problem);

  test.each([
    ["a true trace", trace, true, [needed.length, 1, 1, 1, 1]],
    [
      "a wrong answer after a right reading",
      trace.replace(/<answer>.*/, "<answer>99"),
      false,
      [needed.length, 0, 1, 0, 1],
    ],
    ["no reading", "<answer>99</answer>", false, [0, 0, 0, 0, 0]],
  ])("of %s", (_, completion, isRight, [read, right, of, reasons, states]) => {
    expect(task.measures!(problem, completion, isRight)).toEqual({
      readingPerDigit: { right: read, of: needed.length },
      arithmeticGivenRightReading: { right, of },
      reasoningGivenOwnReading: { right: reasons, of: states },
    });
  });
});
