import { describe, expect, test } from "vitest";
import { SMALL_ASSETS } from "../../engine/small-model.ts";
import { Rng } from "../../math/index.ts";
import { loadTokenizer } from "../../model/index.ts";
import { arithmeticGivenReading, readingAccuracy } from "./completion-accuracy.ts";
import { demonstrations } from "./demonstrations.ts";
import { judgeCompletion } from "./judgement.ts";
import { digitsLabels } from "./labels.ts";
import { type DigitsOptions, digitsSchema } from "./options.ts";
import { CELL_NAMES } from "./questions.ts";
import { digitsSource } from "./source.ts";
import { splitScans, warmStartScans } from "./split.ts";
import { digitsTask } from "./task.ts";
import { truthOf } from "./truth.ts";
import { cellDigit, drawWorld } from "./world.ts";
import { BARS, DIALS, DIGITS } from "./worlds.ts";

const tokenizer = loadTokenizer(SMALL_ASSETS);
const problems = (options: Partial<DigitsOptions>, count = 60) => {
  const source = digitsSource({ split: "validation", seed: 3, options });
  return Array.from({ length: count }, (_, i) => source.problem(i));
};

describe("traces by places", () => {
  const kinds = ["sum", "largest", "count-greater"] as const;

  test("state each digit by its cell, and are right in every label", () => {
    for (const problem of problems({ wording: "places", kinds: [...kinds], digits: [3, 5] })) {
      const truth = truthOf(problem);
      const { judgements, read } = judgeCompletion(truth.trace, truth);
      expect(judgements.filter(({ correct }) => correct === false)).toEqual([]);
      expect(judgements.filter(({ role }) => role === "image")).toHaveLength(truth.digits.length);
      expect(read).toEqual(truth.needed);
      expect(arithmeticGivenReading(truth.trace, truth)).toBe(true);
      expect(readingAccuracy(truth.trace, truth)).toEqual({
        right: truth.digits.length,
        needed: truth.digits.length,
        stated: truth.digits.length,
      });
    }
  });

  test("of the whole canvas state every cell, empty cells as none", () => {
    const lengths = problems({ wording: "canvas", digits: [2, 4] }).map((problem) => {
      const truth = truthOf(problem);
      const readings = judgeCompletion(truth.trace, truth).judgements.filter(({ role }) => role === "image");
      expect(readings).toHaveLength(9);
      expect(readings.every(({ correct }) => correct === true)).toBe(true);
      expect(truth.trace.match(/is none\./g)).toHaveLength(9 - truth.digits.length);
      return tokenizer.encode(truth.trace).length;
    });
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(300);
  });

  test("a digit in an empty cell and an empty cell where a digit is are wrong readings, with what would be right", () => {
    const [problem] = problems({ wording: "canvas", digits: [2, 2] }, 1);
    const truth = truthOf(problem!);
    const cellThat = (isEmpty: boolean) =>
      CELL_NAMES.find((cell) => (cellDigit(truth, cell) === undefined) === isEmpty)!;
    const [empty, full] = [cellThat(true), cellThat(false)];
    const { value } = cellDigit(truth, full)!;
    const said = `<think>The digit in the ${empty} is 4. The digit in the ${full} is none.`;
    const { judgements } = judgeCompletion(said, truth);
    expect(judgements).toMatchObject([
      { role: "image", correct: false, right: ["none"] },
      { role: "image", correct: false, right: [String(value)] },
    ]);
    const tokens = [
      "<think>The digit in the ",
      `${empty} is `,
      "4",
      `. The digit in the ${full} is `,
      "none",
      ".",
    ];
    expect(digitsLabels.label(problem!, tokens)!.map(({ correct }) => correct)).toEqual([
      null,
      null,
      false,
      null,
      false,
      null,
    ]);
  });

  test("are rejected for kinds and canvases that they cannot describe", () => {
    const fails = (options: object) => digitsSchema.safeParse(options).success;
    expect(fails({ wording: "places", kinds: ["difference"] })).toBe(false);
    expect(fails({ wording: "canvas", canvases: ["112x84"] })).toBe(false);
    expect(fails({ wording: "places", canvases: ["84x84"] })).toBe(true);
  });
});

describe("questions about a cell", () => {
  test("ask about empty cells as often as configured, and the answer is then none", () => {
    for (const emptyShare of [0, 0.5, 1]) {
      const all = problems({ kinds: ["cell"], emptyShare }, 400).map(truthOf);
      const empty = all.filter(({ answer }) => answer === "none");
      expect(Math.abs(empty.length / 400 - emptyShare)).toBeLessThan(0.1);
      for (const truth of all) {
        if (truth.question.kind !== "cell") throw new Error("expected a question about a cell");
        expect(truth.answer).toBe(String(cellDigit(truth, truth.question.cell)?.value ?? "none"));
      }
    }
  });

  test("count a digit that is not there as a hallucination, and none as right", () => {
    const task = digitsTask({ seed: 0, evaluationSeed: 1, options: { kinds: ["cell"], emptyShare: 1 } });
    const problem = task.validation.problem(0);
    const truth = truthOf(problem);
    const right = task.measures!(problem, truth.trace, true);
    expect(right["emptySeenEmpty"]).toEqual({ right: 1, of: 1 });
    expect(right["reasoningGivenOwnReading"]).toEqual({ right: 1, of: 1 });
    const trap = truth.trace.replaceAll("none", "7");
    const wrong = task.measures!(problem, trap, false);
    expect(wrong["emptySeenEmpty"]).toEqual({ right: 0, of: 1 });
    // It says what it sees, though nothing is there.
    expect(wrong["reasoningGivenOwnReading"]).toEqual({ right: 1, of: 1 });
    expect(judgeCompletion(trap, truth).judgements.map(({ correct }) => correct)).toEqual([false, false]);
  });

  test("need a cell that is empty where they ask of one", () => {
    const full = { kinds: ["cell"], canvases: ["28x28"], digits: [1, 1] };
    expect(digitsSchema.safeParse(full).success).toBe(false);
    expect(digitsSchema.safeParse({ ...full, emptyShare: 0 }).success).toBe(true);
  });
});

describe("marks", () => {
  test("lie on their own cells, represent no value, and change the picture", () => {
    const options = digitsSchema.parse({ marks: [1, 3], digits: [2, 3] });
    const rng = new Rng(5);
    for (let i = 0; i < 100; i++) {
      const truth = drawWorld(rng, DIGITS, splitScans("train"), options);
      const cells = [...truth.digits, ...truth.marks!].map(({ row, column }) => `${row} ${column}`);
      expect(new Set(cells).size).toBe(cells.length);
      expect(truth.marks!.length).toBeGreaterThanOrEqual(1);
      expect(truth.needed).toEqual(truth.digits.map(({ value }) => value));
    }
    const [marked] = problems({ marks: [3, 3], noise: 0, paper: [0, 0] }, 1);
    const { digits, marks } = truthOf(marked!);
    const lit = (box: { x: number; y: number; side: number }) => {
      const { data, width } = marked!.images[0]!;
      let sum = 0;
      for (let y = box.y; y < box.y + box.side; y++) {
        for (let x = box.x; x < box.x + box.side; x++) sum += data[3 * (y * width + x)]!;
      }
      return sum;
    };
    for (const { box } of [...digits, ...marks!]) expect(lit(box)).toBeGreaterThan(0);
  });

  test("need room", () => {
    expect(digitsSchema.safeParse({ canvases: ["56x56"], digits: [2, 3], marks: [0, 2] }).success).toBe(
      false,
    );
  });
});

describe("a teacher who slips", () => {
  const scans = warmStartScans(1200, 1);
  const traces = (slippedShare: number) => {
    const source = demonstrations({ scans, seed: 1, options: { kinds: ["sum"] }, slippedShare });
    return Array.from({ length: 300 }, (_, i) => {
      const { problem, completion } = source.demonstration(i);
      const truth = truthOf(problem);
      return { truth, completion, ...judgeCompletion(completion, truth) };
    });
  };

  test("reads right, and takes the same sums for the same wrong numbers", () => {
    const wrong = new Map<string, Set<string>>();
    const right = new Set<string>();
    for (const { judgements, completion } of traces(0.5)) {
      expect(judgements.filter(({ role, correct }) => role === "image" && correct === false)).toEqual([]);
      for (const [, a, b, result] of completion.matchAll(/(\d+) \+ (\d+) = (\d+)\./g)) {
        const pair = [Number(a), Number(b)].sort((x, y) => x - y).join("+");
        if (Number(a) + Number(b) === Number(result)) right.add(pair);
        else {
          expect(Math.abs(Number(a) + Number(b) - Number(result))).toBe(1);
          wrong.set(pair, (wrong.get(pair) ?? new Set()).add(result!));
        }
      }
    }
    expect([...wrong.values()].every((results) => results.size === 1)).toBe(true);
    expect(wrong.size).toBeGreaterThan(20);
    expect(right.size).toBeGreaterThan(20);
  });

  test("continues from the wrong value, in three demonstrations of four; with a share of 0 never slips", () => {
    const all = traces(1);
    const slipped = all.filter(({ truth, completion }) => completion !== truth.trace);
    expect(Math.abs(slipped.length / all.length - 0.75)).toBeLessThan(0.1);
    for (const { completion } of slipped) {
      const total = /= (\d+)\.<\/think><answer>(\d+)</.exec(completion)!;
      expect(total[1]).toBe(total[2]);
    }
    expect(traces(0).every(({ truth, completion }) => completion === truth.trace)).toBe(true);
  });
});

describe("bars and dials", () => {
  test.each([BARS, DIALS])("$name ask by their noun, and show pictures of their own", (world) => {
    const task = digitsTask({ seed: 0, evaluationSeed: 1, options: { kinds: ["sum", "cell"] }, world });
    expect(task.name).toBe(world.name);
    for (let i = 0; i < 20; i++) {
      const problem = task.train.problem(i);
      expect(problem.question).toContain(world.noun);
      expect(problem.question).not.toContain("digit");
      const truth = truthOf(problem);
      const { labels } = world.glyphs();
      expect(truth.digits.map(({ scan }) => labels[scan])).toEqual(truth.digits.map(({ value }) => value));
      expect(judgeCompletion(truth.trace, truth).judgements.every(({ correct }) => correct !== false)).toBe(
        true,
      );
    }
  });
});
