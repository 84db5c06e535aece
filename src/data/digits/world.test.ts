import { describe, expect, test } from "vitest";
import { DataError } from "../../errors/index.ts";
import { Rng } from "../../math/index.ts";
import { CELL_SIDE, DIGITS_CANVASES, DIGITS_KINDS, type DigitsOptions, digitsSchema } from "./options.ts";
import { CELL_NAMES, EXTREMES, LINES } from "./questions.ts";
import { digitScans } from "./scans.ts";
import { splitScans } from "./split.ts";
import { type DigitsTruth, drawWorld, extremeDigit, lineDigits, type PlacedDigit } from "./world.ts";
import { DIGITS } from "./worlds.ts";

const scans = digitScans();
const pool = splitScans("validation");
const large = DIGITS_CANVASES.filter((canvas) => !["28x28", "56x56"].includes(canvas));
const full = digitsSchema.parse({
  canvases: large,
  digits: [2, 5],
  kinds: DIGITS_KINDS,
  scale: [12, 28],
  jitter: 6,
  overhang: 6,
});

function worlds(count: number, options: DigitsOptions): DigitsTruth[] {
  const rng = new Rng("worlds");
  return Array.from({ length: count }, () => drawWorld(rng, DIGITS, pool, options));
}

const centre = ({ box }: PlacedDigit) => ({ x: box.x + box.side / 2, y: box.y + box.side / 2 });
const many = worlds(2500, full);

describe("drawWorld", () => {
  test("digits lie on the canvas, overlap nowhere and equal their scans", () => {
    for (const { digits, canvas, rows, columns } of many) {
      expect([columns * CELL_SIDE, rows * CELL_SIDE]).toEqual([canvas.width, canvas.height]);
      const owner = new Set<number>();
      for (const { box, value, scan } of digits) {
        expect(value).toBe(scans.labels[scan]);
        expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0);
        expect(
          Math.max(box.x + box.side - canvas.width, box.y + box.side - canvas.height),
        ).toBeLessThanOrEqual(0);
        for (let y = box.y; y < box.y + box.side; y++) {
          for (let x = box.x; x < box.x + box.side; x++) owner.add(y * canvas.width + x);
        }
      }
      expect(owner.size).toBe(digits.reduce((area, { box }) => area + box.side ** 2, 0));
    }
  });

  test("reading order is that of the cells, and no jitter makes it ambiguous", () => {
    for (const { digits, columns } of many) {
      const cells = digits.map(({ row, column }) => row * columns + column);
      expect(cells).toEqual([...new Set(cells)].sort((a, b) => a - b));
      for (const digit of digits) {
        const { x, y } = centre(digit);
        expect([Math.floor(x / CELL_SIDE), Math.floor(y / CELL_SIDE)]).toEqual([digit.column, digit.row]);
        for (const other of digits) {
          if (other.row > digit.row) expect(centre(other).y - y).toBeGreaterThanOrEqual(CELL_SIDE - 13);
          if (other.column > digit.column) expect(centre(other).x - x).toBeGreaterThanOrEqual(CELL_SIDE - 13);
        }
      }
    }
  });

  test("without overhang every digit stays in its cell", () => {
    for (const { digits } of worlds(500, digitsSchema.parse({ jitter: 6 }))) {
      for (const { box, row, column } of digits) {
        expect(box.x).toBeGreaterThanOrEqual(column * CELL_SIDE);
        expect(box.y).toBeGreaterThanOrEqual(row * CELL_SIDE);
        expect(box.x + box.side).toBeLessThanOrEqual((column + 1) * CELL_SIDE);
        expect(box.y + box.side).toBeLessThanOrEqual((row + 1) * CELL_SIDE);
      }
    }
  });

  test("the answer is that of a reader who knows only places and values", () => {
    for (const { digits, canvas, question, answer } of many) {
      const third = (at: number, extent: number) => at / extent;
      const values = digits.map(({ value }) => value);
      const by = (order: (a: PlacedDigit) => number) =>
        [...digits].sort((a, b) => order(b) - order(a))[0]!.value;
      const extremes = {
        leftmost: () => by((digit) => -centre(digit).x),
        rightmost: () => by((digit) => centre(digit).x),
        topmost: () => by((digit) => -centre(digit).y),
        bottommost: () => by((digit) => centre(digit).y),
      };
      const inLine = ({ x, y }: { x: number; y: number }): Record<(typeof LINES)[number], boolean> => ({
        "top row": y < CELL_SIDE,
        "middle row": Math.abs(third(y, canvas.height) - 0.5) < 1 / 6,
        "bottom row": y >= canvas.height - CELL_SIDE,
        "left column": x < CELL_SIDE,
        "middle column": Math.abs(third(x, canvas.width) - 0.5) < 1 / 6,
        "right column": x >= canvas.width - CELL_SIDE,
      });
      let expected: number | string;
      switch (question.kind) {
        case "sum":
          expected = values.reduce((a, b) => a + b);
          break;
        case "largest":
          expected = [...values].sort((a, b) => b - a)[0]!;
          break;
        case "line-sum":
          expected = digits.reduce(
            (sum, digit) => sum + (inLine(centre(digit))[question.line] ? digit.value : 0),
            0,
          );
          break;
        case "difference":
          expected = extremes[question.from]() - extremes[question.minus]();
          break;
        case "count-greater":
          expected = values.filter((value) => value > question.threshold).length;
          break;
        case "cell": {
          const [row, column] = question.cell.split(" and ") as [
            (typeof LINES)[number],
            (typeof LINES)[number],
          ];
          const there = digits.find((digit) => {
            const lines = inLine(centre(digit));
            return lines[row] && lines[column];
          });
          expected = there?.value ?? "none";
          break;
        }
      }
      expect(answer).toBe(String(expected));
    }
  });

  test("the whole range comes up: kinds evenly, canvases, counts, lines, extremes, thresholds", () => {
    const seen = (pick: (truth: DigitsTruth) => unknown) => new Set(many.map(pick)).size;
    for (const kind of DIGITS_KINDS) {
      const share = many.filter(({ question }) => question.kind === kind).length / many.length;
      expect(Math.abs(share - 1 / DIGITS_KINDS.length)).toBeLessThan(0.03);
    }
    expect(seen(({ canvas }) => `${canvas.width}x${canvas.height}`)).toBe(4);
    expect(seen(({ digits }) => digits.length)).toBe(4);
    expect(seen(({ question }) => question.kind === "line-sum" && question.line)).toBe(1 + LINES.length);
    expect(seen(({ question }) => question.kind === "difference" && question.from)).toBe(1 + EXTREMES.length);
    expect(seen(({ question }) => question.kind === "count-greater" && question.threshold)).toBe(1 + 8);
    expect(seen(({ question }) => question.kind === "cell" && question.cell)).toBe(1 + CELL_NAMES.length);
    expect(seen(({ digits }) => digits[0]!.box.side)).toBe(28 - 12 + 1);
    expect(new Set(many.flatMap(({ digits }) => digits.map(({ scan }) => scan))).size).toBe(pool.length);
  });

  test("five digits as large as their cells are placed too", () => {
    const tight = digitsSchema.parse({
      digits: [5, 5],
      scale: [28, 28],
      jitter: 6,
      overhang: 6,
      kinds: DIGITS_KINDS,
    });
    expect(worlds(50, tight).every(({ digits }) => digits.length === 5)).toBe(true);
  });

  test("no scan to draw from: a data error", () => {
    expect(() => drawWorld(new Rng(1), DIGITS, [], full)).toThrow(DataError);
  });
});

describe("lines and extremes", () => {
  const at = (row: number, column: number): PlacedDigit => ({
    value: row,
    scan: 0,
    row,
    column,
    box: { x: 0, y: 0, side: 20 },
    ink: 1,
  });
  const digits = [at(0, 1), at(1, 0), at(1, 2), at(2, 2)];

  test("a middle line exists where there are three", () => {
    expect(lineDigits({ rows: 3, columns: 3, digits }, "middle row")).toEqual([digits[1], digits[2]]);
    expect(lineDigits({ rows: 4, columns: 4, digits }, "middle row")).toEqual([]);
    expect(lineDigits({ rows: 4, columns: 4, digits }, "middle column")).toEqual([]);
    expect(lineDigits({ rows: 4, columns: 3, digits }, "right column")).toEqual([digits[2], digits[3]]);
  });

  test("two digits at the same extreme give no extreme", () => {
    const layout = { rows: 3, columns: 3, digits };
    expect(extremeDigit(layout, "topmost")).toBe(digits[0]);
    expect(extremeDigit(layout, "leftmost")).toBe(digits[1]);
    expect(extremeDigit(layout, "rightmost")).toBeUndefined();
    expect(extremeDigit(layout, "bottommost")).toBe(digits[3]);
  });
});
