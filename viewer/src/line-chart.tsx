/**
 * @module
 * One metric of several runs, drawn by uPlot when it comes into view. All charts share one cursor.
 */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { axisRange } from "../../src/view/axis-range.ts";
import { numberText, percentText, tickText } from "../../src/view/number-text.ts";
import {
  allValues,
  type ChartLine,
  lineName,
  readingAt,
  smoothCurve,
  smoothedParts,
} from "./chart-readings.ts";
import { Readings } from "./readings.ts";
import { cssValue, runDash, runProperty, theme } from "./theme.ts";

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

/** Dots of a mean over a part of the runs. */
const DOTS = [2, 4];
/** Steps of an axis of iterations. */
const WHOLE_STEPS = Array.from({ length: 10 }, (_, power) =>
  [1, 2, 5].map((one) => one * 10 ** power),
).flat();

type Column = (number | null | undefined)[];

/** Columns over all x values; curves of runs with other iterations have holes that are bridged. */
function aligned(lines: readonly ChartLine[], smoothing: number, isLog: boolean) {
  const usable = (values: readonly (number | null)[]) =>
    isLog ? values.map((value) => (value !== null && value > 0 ? value : null)) : [...values];
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const tables: uPlot.AlignedData[] = [];
  for (const line of lines) {
    const { place, x, y, low, high, rest, isBand = false, isExact = false, isFaint = false } = line;
    const own = cssValue(runProperty(place));
    const stroke = isFaint ? own + BEHIND : own;
    const columns: Column[] = [];
    const base = { spanGaps: true, points: { show: isExact || x.length < 3, size: 5 } };
    const smooth = smoothCurve(line, smoothing);
    if (smooth !== undefined && !isBand && !isFaint) {
      series.push({ ...base, stroke: stroke + FAINT, width: 1, points: { show: false } });
      columns.push(usable(y));
    } else if (low !== undefined && high !== undefined && !isFaint) {
      const at = series.length;
      const hidden = { ...base, stroke: "transparent", width: 0, points: { show: false } };
      series.push(hidden, hidden);
      bands.push({ series: [at + 1, at], fill: own + BAND });
      const beta = isBand && !isExact ? smoothing : 0;
      columns.push(smoothedParts(line, usable(low), beta), smoothedParts(line, usable(high), beta));
    }
    const curve = usable(smooth ?? allValues(line));
    const width = isFaint ? 1 : 1.5;
    series.push({ ...base, stroke, width, dash: [...runDash(place)] });
    columns.push(curve.map((value, i) => (y[i] === null ? null : value)));
    if (rest?.some((value) => value !== null)) {
      series.push({ ...base, stroke, width, dash: DOTS });
      columns.push(curve.map((value, i) => (rest[i] === null ? null : value)));
    }
    tables.push([[...x], ...columns] as uPlot.AlignedData);
  }
  const data = tables.length === 0 ? ([[]] as uPlot.AlignedData) : uPlot.join(tables);
  return { data, series, bands };
}

/** The newest value of each line, for a screen reader. */
function spoken({ title, lines, smoothing, isShare }: LineChartProps): string {
  const text = isShare ? percentText : numberText;
  const values = lines.map((line) => `${lineName(line)} ${text(readingAt(line, smoothing)?.value)}`);
  return `${title}: ${values.join("; ")}`;
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
  const logTick = isShare ? percentText : numberText;
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
      { ...axis, grid: { show: false }, size: 20, space: 60, incrs: WHOLE_STEPS },
      {
        ...axis,
        size: 46,
        space: 26,
        // On a log scale the marks are powers, and those without a text are null.
        values: (_, ticks, _axis, _space, step) =>
          ticks.map((tick) => (tick === null ? "" : isLog ? logTick(tick) : tickText(tick, step, isShare))),
      },
    ],
  };
}

/** A plot that is on the page, and what it can and cannot be given new data for. */
interface Drawn {
  readonly plot: uPlot;
  readonly shape: string;
  readonly stop: () => void;
}

/** The shape of a plot: everything except its numbers. Another shape needs a new plot. */
function shapeOf({ lines, smoothing, isLog }: LineChartProps): string {
  const parts = lines.map((line) => [
    lineName(line),
    line.place,
    line.low !== undefined,
    line.rest?.some((value) => value !== null),
  ]);
  return JSON.stringify([parts, smoothing > 0, isLog, theme.value]);
}

/** Builds the plot, or gives the one that is there its new numbers, so that a live curve does not flicker. */
function draw(
  frame: HTMLElement,
  readings: Readings,
  props: LineChartProps,
  before: Drawn | undefined,
): Drawn {
  const { lines, smoothing, isLog, isShare, onRange } = props;
  const { data, series, bands } = aligned(lines, smoothing, isLog);
  const show = ({ cursor: { idx }, data: [x] }: uPlot) =>
    readings.show(typeof idx === "number" ? x[idx] : undefined);
  readings.take(lines, smoothing, isShare);
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
  const header = useRef<HTMLElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const readings = useRef<Readings | undefined>(undefined);
  const drawn = useRef<Drawn | undefined>(undefined);
  const isSeen = useRef(false);
  const latest = useRef(props);
  latest.current = props;
  const colours = theme.value;
  const again = () => {
    if (!isSeen.current || frame.current === null || header.current === null || tip.current === null) return;
    readings.current ??= new Readings(header.current, tip.current);
    drawn.current = draw(frame.current, readings.current, latest.current, drawn.current);
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
      <header ref={header}>
        <b class="cut" title={props.title}>
          {props.title}
        </b>
        <span class="where faint" />
        <span class="values" />
      </header>
      <div class="plot" ref={frame} role="img" aria-label={spoken(props)} />
      <div class="readings" ref={tip} aria-hidden="true" />
    </figure>
  );
}
