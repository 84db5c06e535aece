/**
 * @module
 * Figures written by hand as SVG: panels of lines over a number, and of points with intervals over names.
 */

/** A point, with the bounds of its interval where it has one. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

export interface LinesPanel {
  readonly kind: "lines";
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly { readonly name: string; readonly points: readonly Point[] }[];
  /** The x axis is logarithmic. */
  readonly isLog?: boolean;
}

export interface DotsPanel {
  readonly kind: "dots";
  readonly title: string;
  readonly xLabel: string;
  readonly dots: readonly {
    readonly name: string;
    readonly value: number;
    readonly low: number;
    readonly high: number;
  }[];
  /** A line to compare with, such as chance. */
  readonly reference?: number;
}

export type Panel = LinesPanel | DotsPanel;

const WIDTH = 420;
const HEIGHT = 260;
const LEFT = { lines: 52, dots: 180 } as const;
const RIGHT = 14;
const TOP = 44;
const BOTTOM = 40;
const ROW = 20;

/**
 * Okabe and Ito's colours, which people with any colour vision can distinguish; dashes distinguish lines in print.
 */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
const DASHES = ["", "6 3", "2 3", "8 3 2 3", "4 4", "1 2"];

const STYLE =
  "text{font:11px system-ui,sans-serif;fill:#222}.t{font-weight:600;font-size:12px}.a{stroke:#888}.g{stroke:#ddd}" +
  "@media(prefers-color-scheme:dark){text{fill:#ddd}.g{stroke:#444}}";

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const px = (value: number) => String(Math.round(value * 100) / 100);

/** About `count` round numbers from low to high. */
export function ticks(low: number, high: number, count = 5): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / count;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * magnitude >= raw) ?? 10) * magnitude;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const heightOf = (panel: Panel) =>
  panel.kind === "lines" ? HEIGHT : TOP + BOTTOM + Math.max(1, panel.dots.length) * ROW;

/** Panels below each other in two columns, as one SVG document. Numbers that are not finite are left out. */
export function figureSvg(title: string, panels: readonly Panel[]): string {
  const columns = Math.min(2, Math.max(1, panels.length));
  let y = 0;
  const placed: string[] = [];
  for (let start = 0; start < panels.length; start += columns) {
    const row = panels.slice(start, start + columns);
    for (const [i, panel] of row.entries()) {
      const body = panel.kind === "lines" ? linesBody(panel) : dotsBody(panel);
      placed.push(
        `<g transform="translate(${i * WIDTH} ${px(y)})"><text class="t" x="10" y="18">${escaped(panel.title)}</text>${body}</g>`,
      );
    }
    y += Math.max(...row.map(heightOf));
  }
  const size = `width="${columns * WIDTH}" height="${px(y)}" viewBox="0 0 ${columns * WIDTH} ${px(y)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img"><title>${escaped(title)}</title><style>${STYLE}</style>${placed.join("")}</svg>\n`;
}

/** Bounds of numbers, widened where they are one. */
function extent(values: readonly number[]): [number, number] {
  const known = values.filter(Number.isFinite);
  const low = Math.min(...known);
  const high = Math.max(...known);
  if (known.length === 0) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

function scale([low, high]: readonly [number, number], from: number, to: number) {
  return (value: number) => from + ((value - low) / (high - low)) * (to - from);
}

function linesBody({ series, xLabel, yLabel, isLog = false }: LinesPanel): string {
  const along = (x: number) => (isLog ? Math.log(x) : x);
  const shown = series.map(({ name, points }) => ({
    name,
    points: points.filter(({ x, y }) => Number.isFinite(along(x)) && Number.isFinite(y)),
  }));
  const all = shown.flatMap(({ points }) => points);
  const xs = extent(all.map(({ x }) => along(x)));
  const ys = extent([0, ...all.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y])]);
  const toX = scale(xs, LEFT.lines, WIDTH - RIGHT);
  const toY = scale(ys, HEIGHT - BOTTOM, TOP);
  const xTicks = isLog ? [...new Set(all.map(({ x }) => x))].sort((a, b) => a - b) : ticks(...xs);
  const parts = ticks(...ys).map(
    (value) =>
      `<line class="g" x1="${LEFT.lines}" x2="${WIDTH - RIGHT}" y1="${px(toY(value))}" y2="${px(toY(value))}"/><text x="${LEFT.lines - 6}" y="${px(toY(value) + 4)}" text-anchor="end">${value}</text>`,
  );
  for (const value of xTicks) {
    parts.push(
      `<text x="${px(toX(along(value)))}" y="${HEIGHT - BOTTOM + 15}" text-anchor="middle">${value}</text>`,
    );
  }
  for (const [s, { name, points }] of shown.entries()) {
    const colour = COLOURS[s % COLOURS.length]!;
    const banded = points.filter(({ low, high }) => Number.isFinite(low) && Number.isFinite(high));
    if (banded.length > 1) {
      const upper = banded.map(({ x, high }) => `${px(toX(along(x)))},${px(toY(high!))}`);
      const lower = banded.map(({ x, low }) => `${px(toX(along(x)))},${px(toY(low!))}`).reverse();
      parts.push(`<polygon points="${[...upper, ...lower].join(" ")}" fill="${colour}" opacity="0.15"/>`);
    }
    const path = points.map(({ x, y }) => `${px(toX(along(x)))},${px(toY(y))}`).join(" ");
    parts.push(
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${DASHES[s % DASHES.length]}"/>`,
      `<text x="${LEFT.lines + (s % 3) * 118}" y="${32 + Math.floor(s / 3) * 11}" style="fill:${colour}">${escaped(name)}</text>`,
    );
  }
  parts.push(
    `<line class="a" x1="${LEFT.lines}" x2="${WIDTH - RIGHT}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM}"/>`,
    `<text x="${(LEFT.lines + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(xLabel)}</text>`,
    `<text transform="translate(12 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escaped(yLabel)}</text>`,
  );
  return parts.join("");
}

function dotsBody({ dots, xLabel, reference }: DotsPanel): string {
  const bottom = TOP + Math.max(1, dots.length) * ROW;
  const xs = extent([
    ...(reference === undefined ? [] : [reference]),
    ...dots.flatMap(({ value, low, high }) => [value, low, high]),
  ]);
  const toX = scale(xs, LEFT.dots, WIDTH - RIGHT);
  const parts = ticks(...xs).map(
    (value) =>
      `<line class="g" x1="${px(toX(value))}" x2="${px(toX(value))}" y1="${TOP - 10}" y2="${bottom}"/><text x="${px(toX(value))}" y="${bottom + 14}" text-anchor="middle">${value}</text>`,
  );
  if (reference !== undefined) {
    parts.push(
      `<line class="a" x1="${px(toX(reference))}" x2="${px(toX(reference))}" y1="${TOP - 10}" y2="${bottom}"/>`,
    );
  }
  for (const [d, { name, value, low, high }] of dots.entries()) {
    const y = TOP + d * ROW;
    parts.push(`<text x="${LEFT.dots - 8}" y="${y + 4}" text-anchor="end">${escaped(name)}</text>`);
    if (![value, low, high].every(Number.isFinite)) continue;
    parts.push(
      `<line x1="${px(toX(low))}" x2="${px(toX(high))}" y1="${y}" y2="${y}" stroke="${COLOURS[0]}" stroke-width="2"/>`,
      `<circle cx="${px(toX(value))}" cy="${y}" r="3.5" fill="${COLOURS[0]}"/>`,
    );
  }
  parts.push(
    `<text x="${(LEFT.dots + WIDTH - RIGHT) / 2}" y="${bottom + 30}" text-anchor="middle">${escaped(xLabel)}</text>`,
  );
  return parts.join("");
}
