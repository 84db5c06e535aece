/**
 * @module
 * The knobs of the digits task's distribution, with the settings of a small model that is known to learn as defaults.
 */
import * as z from "zod";

/** Width and height of a cell in pixels: one visual token of Qwen2.5-VL (two patches of 14). */
export const CELL_SIDE = 28;

/** Canvas sizes in pixels, width x height: one cell to 4x4. */
export const DIGITS_CANVASES = ["28x28", "56x56", "84x84", "84x112", "112x84", "112x112"] as const;

export const DIGITS_KINDS = ["sum", "largest", "line-sum", "difference", "count-greater", "cell"] as const;

/** How a trace states what it reads. */
const WORDINGS = ["list", "places", "canvas"] as const;

/** Kinds whose traces state single cells. */
const TOLD_BY_CELL: readonly string[] = ["sum", "largest", "count-greater", "cell"];

/** The kinds of questions. */
export type DigitsKind = (typeof DIGITS_KINDS)[number];

const range = (low: number, high: number, schema: z.ZodNumber) =>
  z
    .tuple([schema.min(low).max(high), schema.min(low).max(high)])
    .refine(([from, to]) => from <= to, { message: "expected [least, greatest]" });

const distinct = (values: readonly string[]) => new Set(values).size === values.length;

type Canvas = (typeof DIGITS_CANVASES)[number];

/** Columns and rows of a canvas. */
function sidesOf(canvas: Canvas): [number, number] {
  const [width = 0, height = 0] = canvas.split("x").map(Number);
  return [width / CELL_SIDE, height / CELL_SIDE];
}

/** Cells of a canvas: its places for digits. */
function cellCount(canvas: Canvas): number {
  const [columns, rows] = sidesOf(canvas);
  return columns * rows;
}

/** Whether every cell of a canvas has a name. */
const hasNamedCells = (canvas: Canvas) => sidesOf(canvas).every((side) => side <= 3);

/** The distribution of digits problems. */
export const digitsSchema = z
  .strictObject({
    canvases: z
      .array(z.enum(DIGITS_CANVASES))
      .min(1)
      .refine(distinct, { message: "expected each canvas once" })
      .default(["84x84"])
      .describe("Canvas sizes in pixels, width x height, drawn evenly."),
    digits: range(1, 5, z.int()).default([2, 3]).describe("Least and greatest number of digits on a canvas."),
    kinds: z
      .array(z.enum(DIGITS_KINDS))
      .min(1)
      .refine(distinct, { message: "expected each kind once" })
      .default(["sum", "largest"])
      .describe("Kinds of question, drawn evenly."),
    scale: range(12, CELL_SIDE, z.int())
      .default([20, 26])
      .describe("Least and greatest side of a drawn digit, in pixels; a cell is 28."),
    jitter: z
      .int()
      .min(0)
      .max(6)
      .default(4)
      .describe("A digit's centre lies at most this many pixels from its cell's centre, along each axis."),
    overhang: z
      .int()
      .min(0)
      .max(6)
      .default(0)
      .describe("A digit may reach this many pixels beyond its cell; digits never overlap."),
    ink: range(0.4, 1, z.number())
      .default([0.7, 1])
      .describe("Least and greatest brightness of a digit, drawn for each digit."),
    paper: range(0, 0.3, z.number())
      .default([0, 0.1])
      .describe("Least and greatest brightness of the background, drawn for each canvas."),
    noise: z
      .number()
      .min(0)
      .max(0.3)
      .default(0.08)
      .describe("Standard deviation of the Gaussian noise on each pixel, as a share of full brightness."),
    wording: z
      .enum(WORDINGS)
      .default("list")
      .describe(
        "How a trace states its readings: all in one list, each with its place, or every cell of the canvas with its place, empty cells as none.",
      ),
    emptyShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe("Of kind cell: share of the questions that ask of a cell in which there is nothing."),
    marks: range(0, 4, z.int())
      .default([0, 0])
      .describe("Least and greatest number of distractor marks without a value, on separate cells."),
  })
  .refine(({ kinds, wording }) => wording === "list" || kinds.every((kind) => TOLD_BY_CELL.includes(kind)), {
    message: `a wording by places has traces of the kinds ${TOLD_BY_CELL.join(", ")} alone`,
    path: ["wording"],
  })
  .refine(({ canvases, wording }) => wording === "list" || canvases.every(hasNamedCells), {
    message: "every cell has a name on canvases of at most 3 rows and columns",
    path: ["canvases"],
  })
  .refine(({ digits, kinds }) => digits[0] >= 2 || !kinds.includes("difference"), {
    message: "kind difference needs at least 2 digits",
    path: ["digits"],
  })
  .refine(
    ({ canvases, digits, marks }) => canvases.every((canvas) => cellCount(canvas) >= digits[1] + marks[1]),
    {
      message:
        "the smallest canvas has fewer cells of 28x28 pixels than the greatest number of digits and marks",
      path: ["canvases"],
    },
  )
  .refine(
    ({ canvases, digits, kinds, emptyShare }) =>
      !kinds.includes("cell") ||
      emptyShare === 0 ||
      canvases.every((canvas) => cellCount(canvas) > digits[0]),
    { message: "questions of empty cells need a canvas that is not full", path: ["canvases"] },
  )
  .refine(
    ({ canvases, digits, kinds }) =>
      !kinds.includes("difference") || digits[0] <= 2 || canvases.some((canvas) => cellCount(canvas) > 4),
    {
      message:
        "kind difference needs a digit alone at each of two sides: more than 2 digits do not leave one on 56x56",
      path: ["canvases"],
    },
  );

/** The distribution of digits problems, all defaults filled in. */
export type DigitsOptions = z.infer<typeof digitsSchema>;

/** Options that came later, and the values at which problems are as they were without them. */
const LATER = { wording: "list", emptyShare: 0.5, marks: [0, 0], slippedShare: 0 };

/**
 * Options as a fingerprint contains them. Options added later are left out if they change nothing, so that unchanged
 * data keeps its fingerprint.
 */
export function fingerprintOptions(options: Readonly<Record<string, unknown>>): string {
  const isPlain = (name: string, value: unknown) =>
    name in LATER && JSON.stringify(value) === JSON.stringify(LATER[name as keyof typeof LATER]);
  return JSON.stringify(
    Object.fromEntries(Object.entries(options).filter(([name, value]) => !isPlain(name, value))),
  );
}
