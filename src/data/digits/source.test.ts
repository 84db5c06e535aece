import { describe, expect, test } from "vitest";
import { DataError } from "../../errors/index.ts";
import { demonstrations } from "./demonstrations.ts";
import { DIGITS_KINDS } from "./options.ts";
import { digitsSource } from "./source.ts";
import { splitScans, warmStartScans } from "./split.ts";
import { truthOf } from "./truth.ts";

const wide = {
  canvases: ["84x84", "84x112", "112x84", "112x112"],
  digits: [2, 5],
  kinds: DIGITS_KINDS.filter((kind) => kind !== "cell"),
} satisfies NonNullable<Parameters<typeof digitsSource>[0]["options"]>;

/** The only words of the task: the small model's tokenizer is pruned to them. */
const EXTREME = "(leftmost|rightmost|topmost|bottommost)";
const LINE = "((top|middle|bottom) row|(left|middle|right) column)";
const LIST = String.raw`\d(, \d)*( and \d)?`;
const STEPS = String.raw`( \d+ \+ \d = \d+\.)*`;
const QUESTIONS = new RegExp(
  `^(What is the sum of all digits|What is the largest digit|What is the sum of the digits in the ${LINE}|` +
    String.raw`What is the ${EXTREME} digit minus the ${EXTREME} digit|How many digits are greater than \d)\?$`,
);
const TRACES = new RegExp(
  `^<think>(I see ${LIST}\\.(${STEPS}| The largest is \\d\\.| Greater than \\d: (none|${LIST})\\. That is \\d\\.)|` +
    `In the ${LINE} I see ${LIST}\\.${STEPS}|The ${EXTREME} is \\d\\. The ${EXTREME} is \\d\\. \\d - \\d = -?\\d\\.)` +
    String.raw`</think><answer>-?\d+</answer>$`,
);

describe("digitsSource", () => {
  test("a problem is a pure function of seed, split and index, in any order", () => {
    const one = digitsSource({ split: "train", seed: 7, options: wide });
    const other = digitsSource({ split: "train", seed: 7, options: wide });
    const late = other.problem(41);
    expect([0, 1, 41].map((index) => one.problem(index))).toEqual([other.problem(0), other.problem(1), late]);
    expect(truthOf(one.problem(41))).toEqual(truthOf(other.problem(41)));
  });

  test("seeds, splits and indices give other problems", () => {
    const ids = [
      digitsSource({ split: "train", seed: 7 }).problem(0),
      digitsSource({ split: "train", seed: 7 }).problem(1),
      digitsSource({ split: "train", seed: 8 }).problem(0),
      digitsSource({ split: "test", seed: 7 }).problem(0),
    ];
    expect(new Set(ids.map(({ id }) => id)).size).toBe(4);
    expect(new Set(ids.map(({ images }) => images[0]!.data.join())).size).toBe(4);
  });

  test("a problem says what its world says", () => {
    const source = digitsSource({ split: "validation", seed: 1, options: wide });
    for (let index = 0; index < 50; index++) {
      const {
        images,
        answers: [answer],
        kind,
      } = source.problem(index);
      const world = truthOf(source.problem(index));
      expect(images).toHaveLength(1);
      expect(images[0]).toMatchObject(world.canvas);
      expect(images[0]!.data).toHaveLength(world.canvas.width * world.canvas.height * 3);
      expect([answer, kind]).toEqual([world.answer, world.question.kind]);
    }
  });

  test.each(["train", "validation", "test"] as const)("%s shows its own scans only", (split) => {
    const own = new Set(splitScans(split));
    const source = digitsSource({ split, seed: 3, options: wide });
    for (let index = 0; index < 500; index++) {
      expect(truthOf(source.problem(index)).digits.every(({ scan }) => own.has(scan))).toBe(true);
    }
  });

  test("questions and traces use the task's forms only", () => {
    const source = digitsSource({ split: "train", seed: 5, options: { ...wide, noise: 0 } });
    for (let index = 0; index < 2000; index++) {
      expect(truthOf(source.problem(index)).trace).toMatch(TRACES);
      if (index < 200) expect(source.problem(index).question).toMatch(QUESTIONS);
    }
  });

  test("the fingerprint differs between options that give other problems", () => {
    const prints = [
      digitsSource({ split: "train", seed: 1 }),
      digitsSource({ split: "train", seed: 2 }),
      digitsSource({ split: "test", seed: 1 }),
      digitsSource({ split: "train", seed: 1, options: { noise: 0.1 } }),
    ].map(({ fingerprint }) => fingerprint);
    expect(new Set(prints).size).toBe(4);
    expect(digitsSource({ split: "train", seed: 1, options: { noise: 0.08 } }).fingerprint).toBe(prints[0]);
    expect(prints[0]).toContain("68aea062");
  });

  test.each([-1, 0.5, Number.NaN, Infinity])("index %d: a data error", (index) => {
    expect(() => digitsSource({ split: "train", seed: 1 }).problem(index)).toThrow(DataError);
  });
});

describe("demonstrations", () => {
  const scans = warmStartScans(30, 4);

  test.each(["reading", "transcription", "reasoning"] as const)("%s shows the given scans only", (lesson) => {
    const source = demonstrations({ scans, seed: 4, lesson });
    const shown = Array.from(
      { length: 300 },
      (_, index) => truthOf(source.demonstration(index).problem).digits,
    ).flat();
    expect(new Set(shown.map(({ scan }) => scan))).toEqual(new Set(scans));
  });

  test("a reasoning lesson is the task's own problem with its true trace", () => {
    const source = demonstrations({ scans, seed: 4, options: { digits: [1, 3] } });
    const counts = new Set<number>();
    for (let index = 0; index < 50; index++) {
      const { problem, completion } = source.demonstration(index);
      const truth = truthOf(problem);
      expect(problem.question).toMatch(QUESTIONS);
      expect(completion).toBe(truth.trace);
      expect(completion).toContain(`<answer>${problem.answers[0]}</answer>`);
      counts.add(truth.digits.length);
    }
    expect(counts).toEqual(new Set([1, 2, 3]));
  });

  test("a demonstration is a pure function of seed, scans and index", () => {
    const one = demonstrations({ scans, seed: 4 });
    const other = demonstrations({ scans, seed: 4 });
    expect(one.demonstration(9)).toEqual(other.demonstration(9));
    expect(one.fingerprint).toBe(other.fingerprint);
    expect(demonstrations({ scans: warmStartScans(30, 5), seed: 4 }).fingerprint).not.toBe(one.fingerprint);
  });

  test("no scan: a data error", () => {
    expect(() => demonstrations({ scans: [], seed: 1 }).demonstration(0)).toThrow(DataError);
  });
});
