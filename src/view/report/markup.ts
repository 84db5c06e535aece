/**
 * @module
 * Text as HTML and SVG; everything that comes from a run goes through `escaped`.
 */
import { axisRange } from "../axis-range.ts";
import { numberText, percentText, tickStep, tickText } from "../number-text.ts";
import type { MetricColumn } from "../protocol.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text that HTML shows as it is, in elements and in quoted attributes. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

const WIDTH = 300;
const HEIGHT = 110;
const LEFT = 38;
const BOTTOM = 16;

function path(points: readonly (readonly [x: number, y: number])[]): string {
  return points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

/** One curve of a chart: means over ranges of iterations, with an interval or with their extremes. */
export interface ReportCurve extends MetricColumn {
  readonly x: readonly number[];
  /** Before its newest value; absent where the chart has one curve. */
  readonly name?: string;
  /** Drawn thin, without its band. */
  readonly isFaint?: boolean;
}

interface Row {
  readonly at: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

function rowsOf({ x, mean, low, high, isFaint = false }: ReportCurve): Row[] {
  return x.flatMap((at, i) => {
    const value = mean[i];
    if (value === null || value === undefined) return [];
    const ends = isFaint ? {} : { low: low?.[i], high: high?.[i] };
    return [{ at, value, low: ends.low ?? value, high: ends.high ?? value }];
  });
}

/** A chart as SVG; "" where no curve has a value. */
export function chartSvg(title: string, curves: readonly ReportCurve[], isShare: boolean): string {
  const drawn = curves.map((curve) => ({ curve, rows: rowsOf(curve) })).filter(({ rows }) => rows.length > 0);
  const all = drawn.flatMap(({ rows }) => rows);
  if (all.length === 0) return "";
  const [least, most] = axisRange(
    Math.min(...all.map((row) => row.low)),
    Math.max(...all.map((row) => row.high)),
    isShare,
  );
  const from = Math.min(...all.map(({ at }) => at));
  const to = Math.max(...all.map(({ at }) => at));
  const text = isShare ? percentText : (value: number | undefined) => numberText(value);
  const tick = (value: number) => tickText(value, tickStep(most - least), isShare);
  const across = (at: number) => LEFT + ((at - from) / Math.max(1e-12, to - from)) * (WIDTH - LEFT - 4);
  const up = (value: number) =>
    4 + (1 - (value - least) / Math.max(1e-300, most - least)) * (HEIGHT - BOTTOM - 6);
  const label = (x1: number, y1: number, words: string, anchor: string) =>
    `<text x="${x1}" y="${y1}" text-anchor="${anchor}">${escaped(words)}</text>`;
  const paths = drawn.flatMap(({ curve: { isFaint = false }, rows }) => {
    const line = path(rows.map((row) => [across(row.at), up(row.value)]));
    const above = rows.map((row): [number, number] => [across(row.at), up(row.high)]);
    const below = rows.map((row): [number, number] => [across(row.at), up(row.low)]).reverse();
    return [
      ...(isFaint ? [] : [`<path class="band" d="${path([...above, ...below])}Z"/>`]),
      `<path class="line${isFaint ? " thin" : ""}" d="${line}"/>`,
    ];
  });
  const newest = drawn.map(
    ({ curve: { name }, rows }) => `${name === undefined ? "" : `${name} `}${text(rows.at(-1)?.value)}`,
  );
  return [
    `<figure><figcaption>${escaped(title)} <b>${escaped(newest.join(", "))}</b></figcaption>`,
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    `<path class="grid" d="M${LEFT} ${up(least)}H${WIDTH}M${LEFT} ${up(most)}H${WIDTH}"/>`,
    ...paths,
    label(LEFT - 5, up(most) + 8, tick(most), "end"),
    label(LEFT - 5, up(least), tick(least), "end"),
    label(LEFT, HEIGHT - 3, String(from), "start"),
    label(WIDTH - 2, HEIGHT - 3, String(to), "end"),
    "</svg></figure>",
  ].join("");
}
