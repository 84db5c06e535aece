/**
 * @module
 * One metric of several runs, drawn by uPlot when it comes into view. All charts share one cursor.
 */
import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { numberText } from "../../src/view/number-text.ts";
import { smoothed } from "./smoothing.ts";
import { cssValue, theme } from "./theme.ts";

/** One run's values. */
export interface ChartLine {
  readonly name: string;
  /** A custom property's name, such as `--run-0`. */
  readonly colour: string;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  readonly low?: readonly (number | null)[] | undefined;
  readonly high?: readonly (number | null)[] | undefined;
}

export interface LineChartProps {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  /** β of the moving average. */
  readonly smoothing: number;
  readonly isLog: boolean;
}

const HEIGHT = 132;
/** Share of the colour that goes into the unsmoothed curve and the band of extremes. */
const FAINT = "38";
const BAND = "22";

/** Label of series whose values are not told. */
const UNLABELLED = "\u2060";

type Column = (number | null | undefined)[];

/** Columns over all x values; curves of runs with other iterations have holes that are bridged. */
function aligned(lines: readonly ChartLine[], smoothing: number, isLog: boolean) {
  const usable = (values: readonly (number | null)[]) =>
    isLog ? values.map((value) => (value !== null && value > 0 ? value : null)) : [...values];
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const tables: uPlot.AlignedData[] = [];
  for (const { name, colour, x, y, low, high } of lines) {
    const stroke = cssValue(colour);
    const columns: Column[] = [];
    const base = { label: name, spanGaps: true, points: { show: x.length < 3 } };
    if (smoothing > 0) {
      series.push({ ...base, label: UNLABELLED, stroke: stroke + FAINT, width: 1, points: { show: false } });
      columns.push(usable(y));
    } else if (low !== undefined && high !== undefined) {
      const place = series.length;
      const hidden = { ...base, label: UNLABELLED, stroke: "transparent", width: 0, points: { show: false } };
      series.push(hidden, hidden);
      bands.push({ series: [place + 1, place], fill: stroke + BAND });
      columns.push(usable(low), usable(high));
    }
    series.push({ ...base, stroke, width: 1.5 });
    columns.push(smoothed(usable(y), smoothing));
    tables.push([[...x], ...columns] as uPlot.AlignedData);
  }
  return { data: tables.length === 0 ? ([[]] as uPlot.AlignedData) : uPlot.join(tables), series, bands };
}

/** Shows values at the cursor, or the newest ones, in the chart's header. */
function showValues(plot: uPlot, into: HTMLElement): void {
  const { idx } = plot.cursor;
  const parts: Node[] = [];
  const at = typeof idx === "number" ? idx : undefined;
  if (at !== undefined) {
    const where = document.createElement("span");
    where.textContent = `${plot.data[0][at]}`;
    where.className = "faint";
    parts.push(where);
  }
  plot.series.forEach(({ label, stroke }, i) => {
    if (i === 0 || label === UNLABELLED) return;
    const column = plot.data[i] ?? [];
    let value: number | null | undefined;
    for (let k = at ?? column.length - 1; k >= 0; k--) {
      value = column[k];
      if (value !== null && value !== undefined) break;
    }
    const part = document.createElement("span");
    part.textContent = numberText(value);
    const colour: unknown = typeof stroke === "function" ? stroke(plot, i) : stroke;
    if (typeof colour === "string" && plot.series.length > 2) part.style.color = colour;
    parts.push(part);
  });
  into.replaceChildren(...parts);
}

function options(width: number, isLog: boolean, series: uPlot.Series[], bands: uPlot.Band[]): uPlot.Options {
  const soft = cssValue("--faint");
  const grid = { stroke: cssValue("--line"), width: 1 };
  const axis = { stroke: soft, grid, ticks: { show: false }, font: `10.5px ${cssValue("--sans")}`, gap: 3 };
  return {
    width,
    height: HEIGHT,
    padding: [6, 12, 0, 0],
    series,
    bands,
    legend: { show: false },
    cursor: { sync: { key: "runs" }, points: { size: 5 }, drag: { x: true, y: false } },
    scales: { x: { time: false }, y: isLog ? { distr: 3 } : {} },
    axes: [
      { ...axis, grid: { show: false }, size: 20, space: 60 },
      {
        ...axis,
        size: 46,
        space: 26,
        values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : numberText(tick, 2))),
      },
    ],
  };
}

/** Builds the plot; returns how to take it away. */
function draw(
  frame: HTMLElement,
  values: HTMLElement,
  { lines, smoothing, isLog }: LineChartProps,
): () => void {
  const { data, series, bands } = aligned(lines, smoothing, isLog);
  const all = options(frame.clientWidth, isLog, series, bands);
  const plot = new uPlot(
    {
      ...all,
      hooks: { setCursor: [(self) => showValues(self, values)], ready: [(self) => showValues(self, values)] },
    },
    data,
    frame,
  );
  const resize = new ResizeObserver(() => plot.setSize({ width: frame.clientWidth, height: HEIGHT }));
  resize.observe(frame);
  return () => {
    resize.disconnect();
    plot.destroy();
  };
}

export function LineChart(props: LineChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const values = useRef<HTMLSpanElement>(null);
  const { title, lines, smoothing, isLog } = props;
  useEffect(() => {
    const into = frame.current;
    const shown = values.current;
    if (into === null || shown === null) return;
    let clear: (() => void) | undefined;
    let stop: (() => void) | undefined;
    const seen = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting) || stop !== undefined) return;
        stop = effect(() => {
          void theme.value;
          clear?.();
          clear = draw(into, shown, props);
        });
      },
      { rootMargin: "200px" },
    );
    seen.observe(into);
    return () => {
      seen.disconnect();
      stop?.();
      clear?.();
    };
  }, [lines, smoothing, isLog]);
  return (
    <figure class="chart">
      <header>
        <b class="cut" title={title}>
          {title}
        </b>
        <span class="values" ref={values} />
      </header>
      <div class="plot" ref={frame} />
    </figure>
  );
}
