/**
 * @module
 * Text as HTML and SVG; everything that comes from a run goes through `escaped`.
 */

import { numberText } from "../number-text.ts";
import type { MetricColumn, MetricEvent } from "../protocol.ts";

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

/** One metric as SVG: means over stretches of iterations, and the band of their extremes. */
export function curveSvg(title: string, { x }: MetricEvent, { mean, low, high }: MetricColumn): string {
  const rows = x.flatMap((at, i) => {
    const value = mean[i];
    return value === null || value === undefined
      ? []
      : [{ at, value, low: low?.[i] ?? value, high: high?.[i] ?? value }];
  });
  if (rows.length === 0) return "";
  const least = Math.min(...rows.map((row) => row.low));
  const most = Math.max(...rows.map((row) => row.high));
  const [from, to] = [rows[0]?.at ?? 0, rows.at(-1)?.at ?? 0];
  const across = (at: number) => LEFT + ((at - from) / Math.max(1e-12, to - from)) * (WIDTH - LEFT - 4);
  const up = (value: number) =>
    4 + (1 - (value - least) / Math.max(1e-300, most - least)) * (HEIGHT - BOTTOM - 6);
  const line = path(rows.map((row) => [across(row.at), up(row.value)]));
  const above = rows.map((row): [number, number] => [across(row.at), up(row.high)]);
  const below = rows.map((row): [number, number] => [across(row.at), up(row.low)]).reverse();
  const label = (x1: number, y1: number, text: string, anchor: string) =>
    `<text x="${x1}" y="${y1}" text-anchor="${anchor}">${escaped(text)}</text>`;
  return [
    `<figure><figcaption>${escaped(title)} <b>${numberText(rows.at(-1)?.value)}</b></figcaption>`,
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    `<path class="grid" d="M${LEFT} ${up(least)}H${WIDTH}M${LEFT} ${up(most)}H${WIDTH}"/>`,
    `<path class="band" d="${path([...above, ...below])}Z"/><path class="line" d="${line}"/>`,
    label(LEFT - 5, up(most) + 8, numberText(most, 2), "end"),
    label(LEFT - 5, up(least), numberText(least, 2), "end"),
    label(LEFT, HEIGHT - 3, String(from), "start"),
    label(WIDTH - 2, HEIGHT - 3, String(to), "end"),
    "</svg></figure>",
  ].join("");
}
