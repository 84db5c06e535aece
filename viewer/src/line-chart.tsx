/**
 * @module
 * One metric of several runs, drawn by uPlot when it comes into view. All charts share one cursor.
 */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { axisRange } from "../../src/view/axis-range.ts";
import { numberText, percentText } from "../../src/view/number-text.ts";
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
  /** Low and high are bounds over several runs: they are also shown, smoothed, where the curve is smoothed. */
  readonly isBand?: boolean;
  /** Values are measured seldom and well: each is a point, and none is smoothed. */
  readonly isExact?: boolean;
  /** Thin, behind a curve that matters more. */
  readonly isFaint?: boolean;
  /** Printed before its value in the header. */
  readonly label?: string;
}

export interface LineChartProps {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  /** Values are shares in [0, 1], shown as per cent. */
  readonly isShare: boolean;
  /** β of the moving average. */
  readonly smoothing: number;
  readonly isLog: boolean;
  /** Iterations that were drawn over with the mouse. */
  readonly onRange: (from: number, to: number) => void;
  /** All iterations again. */
  readonly onAll: () => void;
}

const HEIGHT = 132;
/** Share of the colour that goes into the unsmoothed curve and the band of extremes. */
const FAINT = "38";
const BEHIND = "80";
const BAND = "22";

/** Label of series whose values the header does not show. */
const UNLABELLED = "\u2060";

type Column = (number | null | undefined)[];

/** Columns over all x values; curves of runs with other iterations have holes that are bridged. */
function aligned(lines: readonly ChartLine[], smoothing: number, isLog: boolean) {
  const usable = (values: readonly (number | null)[]) =>
    isLog ? values.map((value) => (value !== null && value > 0 ? value : null)) : [...values];
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const tables: uPlot.AlignedData[] = [];
  const labels: (string | undefined)[] = [undefined];
  for (const line of lines) {
    const { name, colour, x, y, low, high, isBand = false, isExact = false, isFaint = false } = line;
    const own = cssValue(colour);
    const stroke = isFaint ? own + BEHIND : own;
    const columns: Column[] = [];
    const base = { label: name, spanGaps: true, points: { show: isExact || x.length < 3, size: 5 } };
    if (smoothing > 0 && !isBand && !isExact && !isFaint) {
      series.push({ ...base, label: UNLABELLED, stroke: stroke + FAINT, width: 1, points: { show: false } });
      columns.push(usable(y));
    } else if (low !== undefined && high !== undefined && !isFaint) {
      const place = series.length;
      const hidden = { ...base, label: UNLABELLED, stroke: "transparent", width: 0, points: { show: false } };
      series.push(hidden, hidden);
      bands.push({ series: [place + 1, place], fill: own + BAND });
      const beta = isBand && !isExact ? smoothing : 0;
      columns.push(smoothed(usable(low), beta), smoothed(usable(high), beta));
    }
    series.push({ ...base, stroke, width: isFaint ? 1 : 1.5 });
    columns.push(smoothed(usable(y), isExact ? 0 : smoothing));
    while (labels.length < series.length - 1) labels.push(undefined);
    labels.push(line.label);
    tables.push([[...x], ...columns] as uPlot.AlignedData);
  }
  const data = tables.length === 0 ? ([[]] as uPlot.AlignedData) : uPlot.join(tables);
  return { data, series, bands, labels };
}

/** Shows values at the cursor, or the newest values, in the chart's header. */
function showValues(
  plot: uPlot,
  into: HTMLElement,
  labels: readonly (string | undefined)[],
  textOf: (value: number | null | undefined) => string,
): void {
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
    part.textContent = `${labels[i] === undefined ? "" : `${labels[i]} `}${textOf(value)}`;
    const colour: unknown = typeof stroke === "function" ? stroke(plot, i) : stroke;
    if (typeof colour === "string" && plot.series.length > 2) part.style.color = colour;
    parts.push(part);
  });
  into.replaceChildren(...parts);
}

/** Inputs of the axes. */
interface AxisProps {
  readonly width: number;
  readonly isLog: boolean;
  readonly isShare: boolean;
}

function options(
  { width, isLog, isShare }: AxisProps,
  series: uPlot.Series[],
  bands: uPlot.Band[],
): uPlot.Options {
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
    cursor: { sync: { key: "runs" }, points: { size: 5 }, drag: { x: true, y: false, setScale: false } },
    scales: {
      x: { time: false },
      y: isLog ? { distr: 3 } : { range: (_, low, high) => axisRange(low, high, isShare) },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 20, space: 60 },
      {
        ...axis,
        size: 46,
        space: 26,
        values: (_, ticks) =>
          ticks.map((tick) => (tick === null ? "" : isShare ? shareTick(tick) : numberText(tick, 2))),
      },
    ],
  };
}

/** A tick of an axis of shares: whole per cents unless the axis is that fine. */
function shareTick(tick: number): string {
  return `${Number((100 * tick).toFixed(1))} %`;
}

/** A plot that is on the page, and what it can and cannot be given new data for. */
interface Drawn {
  readonly plot: uPlot;
  readonly shape: string;
  readonly stop: () => void;
}

/** The shape of a plot: everything except its numbers. Another shape needs a new plot. */
function shapeOf({ lines, smoothing, isLog }: LineChartProps): string {
  const parts = lines.map(({ name, colour, low, label }) => [name, colour, low !== undefined, label]);
  return JSON.stringify([parts, smoothing > 0, isLog, theme.value]);
}

/** Builds the plot, or gives the one that is there its new numbers, so that a live curve does not flicker. */
function draw(
  frame: HTMLElement,
  values: HTMLElement,
  props: LineChartProps,
  before: Drawn | undefined,
): Drawn {
  const { lines, smoothing, isLog, isShare, onRange } = props;
  const { data, series, bands, labels } = aligned(lines, smoothing, isLog);
  const show = (self: uPlot) => showValues(self, values, labels, isShare ? percentText : numberText);
  const shape = shapeOf(props);
  if (before?.shape === shape) {
    before.plot.setData(data);
    show(before.plot);
    return before;
  }
  before?.stop();
  const plot = new uPlot(
    {
      ...options({ width: frame.clientWidth, isLog, isShare }, series, bands),
      hooks: {
        setCursor: [show],
        ready: [show],
        setSelect: [
          (self) => {
            const { left, width } = self.select;
            if (width < 4) return;
            self.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
            onRange(Math.floor(self.posToVal(left, "x")), Math.ceil(self.posToVal(left + width, "x")));
          },
        ],
      },
    },
    data,
    frame,
  );
  const resize = new ResizeObserver(() => plot.setSize({ width: frame.clientWidth, height: HEIGHT }));
  resize.observe(frame);
  const stop = () => {
    resize.disconnect();
    plot.destroy();
  };
  return { plot, shape, stop };
}

export function LineChart(props: LineChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const values = useRef<HTMLSpanElement>(null);
  const drawn = useRef<Drawn | undefined>(undefined);
  const isSeen = useRef(false);
  const latest = useRef(props);
  latest.current = props;
  const colours = theme.value;
  const again = () => {
    if (!isSeen.current || frame.current === null || values.current === null) return;
    drawn.current = draw(frame.current, values.current, latest.current, drawn.current);
  };
  useEffect(() => {
    if (frame.current === null) return;
    const seen = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        isSeen.current = true;
        seen.disconnect();
        again();
      },
      { rootMargin: "200px" },
    );
    seen.observe(frame.current);
    return () => {
      seen.disconnect();
      drawn.current?.stop();
      drawn.current = undefined;
    };
  }, []);
  useEffect(again, [props.lines, props.smoothing, props.isLog, colours]);
  return (
    <figure class="chart" onDblClick={props.onAll}>
      <header>
        <b class="cut" title={props.title}>
          {props.title}
        </b>
        <span class="values" ref={values} />
      </header>
      <div class="plot" ref={frame} />
    </figure>
  );
}
