/**
 * @module
 * The visible content of a digits problem, known from its world: facts that a trace states, true and false
 * claims, and the place from which the answer is read.
 */
import { Rng } from "../../math/index.ts";
import type { ImageRegion, VisualClaim, VisualEvidence } from "../problem.ts";
import { keySteps } from "./key-steps.ts";
import { CELL_SIDE } from "./options.ts";
import { cellDigit, type DigitsTruth, extremeDigit, lineDigits, type PlacedDigit } from "./world.ts";

/** The sentences of the true trace that read the image. */
export function visualFacts(truth: DigitsTruth): readonly (readonly string[])[] {
  return keySteps(truth).filter(([sentence = ""]) => /I see|most is|^The \w+ in the /.test(sentence));
}

/** Ten claims, one for each digit: whether it is on the canvas. */
export function visualClaims({ digits }: DigitsTruth): readonly VisualClaim[] {
  const shown = new Set(digits.map(({ value }) => value));
  return Array.from({ length: 10 }, (_, value) => ({ text: `I see ${value}.`, isTrue: shown.has(value) }));
}

/** The digits that the question needs. */
function neededDigits(truth: DigitsTruth): readonly PlacedDigit[] {
  const { question, digits } = truth;
  switch (question.kind) {
    case "line-sum":
      return lineDigits(truth, question.line);
    case "difference":
      return [question.from, question.minus].flatMap((extreme) => extremeDigit(truth, extreme) ?? []);
    case "cell":
      return [cellDigit(truth, question.cell)].filter((digit) => digit !== undefined);
    case "sum":
    case "largest":
    case "count-greater":
      return digits;
  }
}

/** Control sets that are drawn. */
const CONTROLS = 3;

/**
 * The boxes of the needed digits, and three sets of as many cells without any picture; undefined where there are not so many
 * free cells, or none is needed.
 */
export function visualEvidence(truth: DigitsTruth): VisualEvidence | undefined {
  const { rows, columns, digits, marks = [] } = truth;
  const regions = neededDigits(truth).map(
    ({ box }): ImageRegion => ({ x: box.x, y: box.y, width: box.side, height: box.side }),
  );
  const taken = new Set([...digits, ...marks].map(({ row, column }) => row * columns + column));
  const free = Array.from({ length: rows * columns }, (_, cell) => cell).filter((cell) => !taken.has(cell));
  if (regions.length === 0 || free.length < regions.length) return undefined;
  const rng = new Rng(`evidence ${JSON.stringify(digits)}`);
  const controls = Array.from({ length: CONTROLS }, () =>
    rng
      .shuffle([...free])
      .slice(0, regions.length)
      .map((cell, i): ImageRegion => {
        const { width, height } = regions[i]!;
        const [row, column] = [Math.floor(cell / columns), cell % columns];
        const inCell = (place: number, side: number) =>
          place * CELL_SIDE + Math.floor((CELL_SIDE - side) / 2);
        return { x: inCell(column, width), y: inCell(row, height), width, height };
      }),
  );
  return { regions, controls };
}
