/**
 * @module
 * The structured truth of a digits problem: which scans lie where on the canvas, what is asked, the answer, and the
 * reasoning that leads to it. The image is drawn from it (`render.ts`), and tokens are judged against it
 * (`labeller.ts`).
 */
import { DataError } from "../../errors/index.ts";
import type { Rng } from "../../math/index.ts";
import { CELL_SIDE, type DigitsKind, type DigitsOptions } from "./options.ts";
import {
  answerTo,
  CELL_NAMES,
  type CellName,
  COLUMN_LINES,
  cellSentence,
  type DigitsQuestion,
  EXTREMES,
  type Extreme,
  LINES,
  type Line,
  ROW_LINES,
  type Sum,
  traceText,
} from "./questions.ts";
import type { World } from "./worlds.ts";

/** A picture on the canvas. */
export interface PlacedMark {
  /** Index of its picture. */
  readonly scan: number;
  /** The cell that holds its centre, counted from the top left. */
  readonly row: number;
  readonly column: number;
  /** In pixels of the canvas; the drawn scan with its margins. */
  readonly box: { readonly x: number; readonly y: number; readonly side: number };
  /** Brightness of full ink, 0 to 1. */
  readonly ink: number;
}

/** A picture of a value. */
export interface PlacedDigit extends PlacedMark {
  readonly value: number;
}

/** Everything that is true of a digits problem. */
export interface DigitsTruth {
  readonly canvas: { readonly width: number; readonly height: number };
  readonly rows: number;
  readonly columns: number;
  /** Brightness of the background, 0 to 1. */
  readonly paper: number;
  /** Standard deviation of the pixel noise, as a share of full brightness. */
  readonly noise: number;
  /** In reading order: row by row of cells from the top, each from the left. */
  readonly digits: readonly PlacedDigit[];
  /** Pictures without a value; absent if there are none. */
  readonly marks?: readonly PlacedMark[] | undefined;
  readonly question: DigitsQuestion;
  /** Values that the question needs, in the order in which a trace states them. */
  readonly needed: readonly number[];
  readonly answer: string;
  /** The whole completion that reads and reasons right. */
  readonly trace: string;
}

type Layout = Pick<DigitsTruth, "rows" | "columns" | "digits">;

/** The digits of a row or column in reading order; none where the canvas has no such line. */
export function lineDigits({ rows, columns, digits }: Layout, line: Line): readonly PlacedDigit[] {
  switch (line) {
    case "top row":
      return digits.filter(({ row }) => row === 0);
    case "middle row":
      return digits.filter(({ row }) => rows === 3 && row === 1);
    case "bottom row":
      return digits.filter(({ row }) => row === rows - 1);
    case "left column":
      return digits.filter(({ column }) => column === 0);
    case "middle column":
      return digits.filter(({ column }) => columns === 3 && column === 1);
    case "right column":
      return digits.filter(({ column }) => column === columns - 1);
  }
}

/** The digit in a cell; undefined where there is none. */
export function cellDigit(layout: Layout, cell: CellName): PlacedDigit | undefined {
  const [row, column] = cell.split(" and ") as [Line, Line];
  const inColumn = lineDigits(layout, column);
  return lineDigits(layout, row).find((digit) => inColumn.includes(digit));
}

/** Name of a row or column by its place; undefined for a second one of four. */
const lineName = <Name>(names: readonly Name[], place: number, count: number): Name | undefined =>
  place === 0 ? names[0] : place === count - 1 ? names[2] : count === 3 ? names[1] : undefined;

/** Names of all cells, in reading order; only of canvases on which every cell has one. */
function cellNames({ rows, columns }: Pick<Layout, "rows" | "columns">): CellName[] {
  return CELL_NAMES.filter((cell) => {
    const [row, column] = cell.split(" and ");
    const has = (names: readonly string[], name: string | undefined, count: number) =>
      Array.from({ length: count }, (_, place) => lineName(names, place, count)).includes(name);
    return has(ROW_LINES, row, rows) && has(COLUMN_LINES, column, columns);
  });
}

/** The one digit furthest to a side, by cells; undefined where several share that row or column. */
export function extremeDigit({ digits }: Layout, extreme: Extreme): PlacedDigit | undefined {
  const along = ({ row, column }: PlacedDigit): number => {
    switch (extreme) {
      case "leftmost":
        return -column;
      case "rightmost":
        return column;
      case "topmost":
        return -row;
      case "bottommost":
        return row;
    }
  };
  const furthest = Math.max(...digits.map(along));
  const candidates = digits.filter((digit) => along(digit) === furthest);
  return candidates.length === 1 ? candidates[0] : undefined;
}

const OPPOSITE: Readonly<Record<Extreme, Extreme>> = {
  leftmost: "rightmost",
  rightmost: "leftmost",
  topmost: "bottommost",
  bottommost: "topmost",
};

function integerBetween(rng: Rng, [least, greatest]: readonly [number, number]): number {
  return least + rng.integer(greatest - least + 1);
}

/** A question of a kind that the layout answers without ambiguity; undefined where there is none. */
function drawQuestion(
  rng: Rng,
  kind: DigitsKind,
  layout: Layout,
  { emptyShare }: Pick<DigitsOptions, "emptyShare">,
): DigitsQuestion | undefined {
  switch (kind) {
    case "sum":
    case "largest":
      return { kind };
    case "line-sum": {
      const lines = LINES.filter((line) => lineDigits(layout, line).length > 0);
      return lines.length === 0 ? undefined : { kind, line: rng.pick(lines) };
    }
    case "difference": {
      const extremes = EXTREMES.filter((from) => {
        const a = extremeDigit(layout, from);
        const b = extremeDigit(layout, OPPOSITE[from]);
        return a !== undefined && b !== undefined && a !== b;
      });
      if (extremes.length === 0) return undefined;
      const from = rng.pick(extremes);
      return { kind, from, minus: OPPOSITE[from] };
    }
    case "count-greater":
      return { kind, threshold: 1 + rng.integer(8) };
    case "cell": {
      const isEmpty = rng.uniform() < emptyShare;
      const cells = cellNames(layout).filter((cell) => (cellDigit(layout, cell) === undefined) === isEmpty);
      return cells.length === 0 ? undefined : { kind, cell: rng.pick(cells) };
    }
  }
}

function neededValues(layout: Layout, question: DigitsQuestion): number[] {
  const needed = (): readonly (PlacedDigit | undefined)[] => {
    switch (question.kind) {
      case "line-sum":
        return lineDigits(layout, question.line);
      case "difference":
        return [extremeDigit(layout, question.from), extremeDigit(layout, question.minus)];
      case "cell":
        return [cellDigit(layout, question.cell)];
      case "sum":
      case "largest":
      case "count-greater":
        return layout.digits;
    }
  };
  return needed().flatMap((digit) => (digit === undefined ? [] : [digit.value]));
}

type Placement = Pick<PlacedMark, "row" | "column" | "box">;

/** Kinds of marks. */
const MARKS = 2;

function overlaps(a: Placement, b: Placement): boolean {
  return (
    a.box.x < b.box.x + b.box.side &&
    b.box.x < a.box.x + a.box.side &&
    a.box.y < b.box.y + b.box.side &&
    b.box.y < a.box.y + a.box.side
  );
}

/**
 * One side's position: near the middle of the cell, inside the canvas and, except for the overhang, inside the cell.
 */
function position(rng: Rng, cell: number, side: number, extent: number, options: DigitsOptions): number {
  const { jitter, overhang } = options;
  const start = cell * CELL_SIDE;
  const wanted = start + Math.floor((CELL_SIDE - side) / 2) + integerBetween(rng, [-jitter, jitter]);
  const least = Math.max(0, start - overhang);
  const greatest = Math.min(extent, start + CELL_SIDE + overhang) - side;
  return Math.min(greatest, Math.max(least, wanted));
}

/** Places so many digits on cells of their own, in reading order. */
function drawPlacements(
  rng: Rng,
  count: number,
  rows: number,
  columns: number,
  options: DigitsOptions,
): Placement[] {
  const cells = Array.from({ length: rows * columns }, (_, i) => i);
  rng.shuffle(cells);
  const chosen = cells.slice(0, count).sort((a, b) => a - b);
  for (;;) {
    const placements = chosen.map((cell): Placement => {
      const row = Math.floor(cell / columns);
      const column = cell % columns;
      const side = integerBetween(rng, options.scale);
      const x = position(rng, column, side, columns * CELL_SIDE, options);
      const y = position(rng, row, side, rows * CELL_SIDE, options);
      return { row, column, box: { x, y, side } };
    });
    if (!placements.some((a, i) => placements.slice(0, i).some((b) => overlaps(a, b)))) return placements;
  }
}

/**
 * The completion that reads a canvas and reasons from it, in the wording of the options.
 *
 * @param add what a teacher who slips takes for a sum
 */
export function traceOf(
  truth: Layout & Pick<DigitsTruth, "question" | "needed">,
  { noun }: Pick<World, "noun">,
  { wording }: Pick<DigitsOptions, "wording">,
  add?: Sum,
): string {
  const { question, needed } = truth;
  const sentences = (cells: readonly CellName[]) =>
    cells.map((cell) => cellSentence(noun, cell, cellDigit(truth, cell)?.value)).join(" ");
  const isStated = (cell: CellName) => wording === "canvas" || cellDigit(truth, cell) !== undefined;
  const seen =
    question.kind === "cell"
      ? sentences([question.cell])
      : wording === "list"
        ? undefined
        : sentences(cellNames(truth).filter(isStated));
  return traceText(question, needed, { seen, add });
}

const ATTEMPTS = 10_000;

/**
 * Draws the truth of one problem: first the kind, so that kinds come evenly, then canvas, digits and question.
 *
 * @param pool indices of the scans that may be used, at least one
 * @throws DataError when the pool is empty
 */
export function drawWorld(
  rng: Rng,
  world: World,
  pool: readonly number[],
  options: DigitsOptions,
): DigitsTruth {
  if (pool.length === 0) {
    throw new DataError(`${world.name}: expected at least one scan to draw from, got none`);
  }
  const { labels } = world.glyphs();
  const kind = rng.pick(options.kinds);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [width = 0, height = 0] = rng.pick(options.canvases).split("x").map(Number);
    const rows = height / CELL_SIDE;
    const columns = width / CELL_SIDE;
    const count = integerBetween(rng, options.digits);
    // Nothing is drawn for marks where there are none.
    const markCount = options.marks[1] === 0 ? 0 : integerBetween(rng, options.marks);
    const placements = drawPlacements(rng, count + markCount, rows, columns, options);
    const markPlaces = markCount === 0 ? [] : rng.shuffle([...placements]).slice(0, markCount);
    const digits = placements
      .filter((placement) => !markPlaces.includes(placement))
      .map((placement): PlacedDigit => {
        const scan = rng.pick(pool);
        return { ...placement, value: labels[scan]!, scan, ink: rng.uniform(...options.ink) };
      });
    const marks = markPlaces.map(
      (placement): PlacedMark => ({
        ...placement,
        scan: rng.integer(MARKS),
        ink: rng.uniform(...options.ink),
      }),
    );
    const layout = { rows, columns, digits };
    const question = drawQuestion(rng, kind, layout, options);
    if (question === undefined) continue;
    const needed = neededValues(layout, question);
    return {
      canvas: { width, height },
      ...layout,
      ...(marks.length > 0 && { marks }),
      paper: rng.uniform(...options.paper),
      noise: options.noise,
      question,
      needed,
      answer: String(answerTo(question, needed)),
      trace: traceOf({ ...layout, question, needed }, world, options),
    };
  }
  throw new DataError(
    `${world.name}: found no canvas for a question of kind ${kind} in ${ATTEMPTS} attempts`,
  );
}
