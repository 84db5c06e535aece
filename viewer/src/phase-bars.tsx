/**
 * @module
 * The time of an iteration by phase: stacked bars, one per range of iterations.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { numberText, percentText, secondsText } from "../../src/view/number-text.ts";
import type { MetricEvent } from "../../src/view/protocol.ts";
import { cssValue, theme } from "./theme.ts";

/** In the order in which they happen. */
const PHASES = ["prepare", "sample", "verify", "credit", "score", "update"] as const;
const OTHER = "other";
const NAMES = [...PHASES, OTHER] as const;
const MOST_BARS = 150;
const HEIGHT = 96;

interface Bar {
  readonly from: number;
  readonly to: number;
  /** Mean seconds of each of NAMES. */
  readonly parts: readonly number[];
}

/** Phases of other iterations where batches are sampled ahead: of their time an iteration has only the wait at its end. */
const SAMPLING: ReadonlySet<string> = new Set(["prepare", "sample", "verify"]);

const isAhead = ({ columns }: MetricEvent) => columns["timing.waitSeconds"] !== undefined;

function bars(event: MetricEvent): Bar[] {
  const { x, columns } = event;
  const width = Math.max(1, Math.ceil(x.length / MOST_BARS));
  const seconds = (name: string) => columns[`timing.${name}Seconds`]?.mean ?? [];
  const column = (name: string) =>
    isAhead(event) && SAMPLING.has(name) ? (name === "sample" ? seconds("wait") : []) : seconds(name);
  const total = column("total");
  return Array.from({ length: Math.ceil(x.length / width) }, (_, i) => {
    const rows = Array.from({ length: Math.min(width, x.length - i * width) }, (_row, k) => i * width + k);
    const mean = (values: readonly (number | null)[]) =>
      rows.reduce((sum, row) => sum + (values[row] ?? 0), 0) / rows.length;
    const parts = PHASES.map((phase) => mean(column(phase)));
    const known = parts.reduce((sum, part) => sum + part, 0);
    return {
      from: x[i * width] ?? 0,
      to: x[rows.at(-1) ?? 0] ?? 0,
      parts: [...parts, Math.max(0, mean(total) - known)],
    };
  });
}

const sum = (parts: readonly number[]) => parts.reduce((all, part) => all + part, 0);
const phaseColour = (place: number) => (place < PHASES.length ? `--phase-${place}` : "--line");

function paint(canvas: HTMLCanvasElement, shown: readonly Bar[]): void {
  const ratio = devicePixelRatio;
  const width = canvas.clientWidth;
  canvas.width = width * ratio;
  canvas.height = HEIGHT * ratio;
  const context = canvas.getContext("2d");
  if (context === null || shown.length === 0) return;
  context.scale(ratio, ratio);
  // The slowest tenth may be cut off, so that one slow iteration does not flatten the rest.
  const sizes = shown.map(({ parts }) => sum(parts)).sort((a, b) => a - b);
  const top = Math.max((sizes[Math.floor(sizes.length * 0.9)] ?? 0) * 1.15, 1e-9);
  const step = width / shown.length;
  const colours = NAMES.map((_, place) => cssValue(phaseColour(place)));
  shown.forEach(({ parts }, i) => {
    let floor = HEIGHT;
    parts.forEach((part, place) => {
      const height = (part / top) * HEIGHT;
      context.fillStyle = colours[place] ?? "";
      context.fillRect(i * step, floor - height, Math.max(1, step - (step > 3 ? 1 : 0)), height);
      floor -= height;
    });
  });
}

/** The phases of one run. */
export function PhaseBars({ name, event }: { readonly name: string; readonly event: MetricEvent }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [over, setOver] = useState<number | undefined>(undefined);
  const shown = bars(event);
  const currentTheme = theme.value;
  useEffect(() => {
    const into = canvas.current;
    if (into === null) return;
    const again = () => paint(into, shown);
    again();
    const resize = new ResizeObserver(again);
    resize.observe(into);
    return () => resize.disconnect();
  }, [event, currentTheme]);
  const bar = over === undefined ? undefined : shown[over];
  const all =
    bar?.parts ??
    NAMES.map((_, place) => sum(shown.map(({ parts }) => parts[place] ?? 0)) / Math.max(1, shown.length));
  const place =
    bar === undefined
      ? "mean"
      : bar.from === bar.to
        ? `iteration ${bar.from}`
        : `iterations ${bar.from}–${bar.to}`;
  return (
    <figure>
      <div class="legend">
        <span>
          {name}: {place}, {secondsText(sum(all))}
        </span>
        {NAMES.map((phase, i) =>
          (all[i] ?? 0) === 0 ? null : (
            <span key={phase} title={`${numberText(all[i])} s`}>
              <i class="swatch" style={{ background: `var(${phaseColour(i)})` }} />
              {phase === "sample" && isAhead(event) ? "wait for samples" : phase}{" "}
              {percentText((all[i] ?? 0) / sum(all))}
            </span>
          ),
        )}
      </div>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Seconds of each phase of an iteration of ${name}`}
        onMouseMove={(move) => {
          const { left, width } = move.currentTarget.getBoundingClientRect();
          setOver(Math.min(shown.length - 1, Math.floor(((move.clientX - left) / width) * shown.length)));
        }}
        onMouseLeave={() => setOver(undefined)}
      />
    </figure>
  );
}
