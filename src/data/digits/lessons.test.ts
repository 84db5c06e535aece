import { describe, expect, test } from "vitest";
import { demonstrations } from "./demonstrations.ts";
import { DIGITS_KINDS } from "./options.ts";
import { warmStartScans } from "./split.ts";
import { truthOf } from "./truth.ts";

const scans = warmStartScans(30, 1);

describe("lessons", () => {
  test("reading: one cell and its digit", () => {
    const source = demonstrations({ scans, seed: 1, lesson: "reading" });
    for (let index = 0; index < 30; index++) {
      const { problem, completion } = source.demonstration(index);
      const truth = truthOf(problem);
      expect(problem.images).toMatchObject([{ width: 28, height: 28 }]);
      expect(completion).toBe(String(truth.digits[0]!.value));
      expect(truth.digits).toHaveLength(1);
    }
  });

  test("transcription: every cell in reading order, blank or digit", () => {
    const options = { canvases: ["112x84" as const] };
    const source = demonstrations({ scans, seed: 1, lesson: "transcription", options });
    for (let index = 0; index < 30; index++) {
      const { problem, completion } = source.demonstration(index);
      const truth = truthOf(problem);
      expect(completion).toMatch(/^[.0-9]{12}$/);
      for (const { row, column, value } of truth.digits)
        expect(completion[4 * row + column]).toBe(String(value));
      expect(completion.replaceAll(".", "")).toHaveLength(truth.digits.length);
    }
  });

  test("described: the readings in words, no image, the same answer", () => {
    const options = { kinds: [...DIGITS_KINDS] };
    const shown = demonstrations({ scans, seed: 1, options });
    const inWords = demonstrations({ scans, seed: 1, options, describedShare: 1 });
    for (let index = 0; index < 100; index++) {
      const { problem, completion } = inWords.demonstration(index);
      const truth = truthOf(problem);
      expect(problem.images).toEqual([]);
      expect(completion).toBe(shown.demonstration(index).completion);
      const question = shown.demonstration(index).problem.question;
      const readings = problem.question.slice(0, -question.length);
      expect(problem.question.endsWith(` ${question}`)).toBe(true);
      expect(completion.startsWith(`<think>${readings.trim()}`)).toBe(true);
      expect(readings.match(/\d/g)?.map(Number) ?? []).toEqual(truth.needed);
    }
  });
});
