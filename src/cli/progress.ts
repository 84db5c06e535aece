/**
 * @module
 * The progress bar on stderr. On a terminal one line is redrawn; elsewhere a line is written every ten seconds.
 */
import type { CliContext } from "./context.ts";

/** The state of an activity at one moment. */
export interface ProgressMoment {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** Text beside the bar, such as "reward 0.71". */
  readonly facts: readonly string[];
}

const WIDTH = 20;
const QUIET_MS = 10_000;
const CLEAR = "\r\u001b[K";

/** Seconds as 42s, 3m12s or 2h05m. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, "0")}s`;
  return `${Math.floor(whole / 3600)}h${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")}m`;
}

/** The terminal, or the file, on which the bar is drawn. */
type Drawn = Pick<CliContext, "stderr" | "hasTerminal" | "clock" | "columns">;

/** Draws the progress of one activity at a time. */
export class ProgressBar {
  readonly #write: (text: string) => void;
  readonly #hasTerminal: boolean;
  readonly #clock: () => number;
  readonly #columns: () => number | undefined;
  #label = "";
  #start = 0;
  #startDone: number | undefined;
  #lastDone = 0;
  #lastLine = Number.NEGATIVE_INFINITY;

  constructor({ stderr, hasTerminal, clock, columns = () => undefined }: Drawn) {
    this.#write = stderr;
    this.#hasTerminal = hasTerminal;
    this.#clock = clock;
    this.#columns = columns;
  }

  /** Starts the timer of an activity; by default its first update does. */
  begin(label: string): void {
    this.#label = label;
    this.#start = this.#clock();
    this.#startDone = undefined;
    this.#lastDone = 0;
    this.#lastLine = Number.NEGATIVE_INFINITY;
  }

  show({ label, done, total, facts }: ProgressMoment): void {
    // The next benchmark has the same label and fewer done.
    if (label !== this.#label || done < this.#lastDone) this.begin(label);
    this.#lastDone = done;
    this.#startDone ??= done - 1;
    const now = this.#clock();
    const isLast = done >= total;
    if (!this.#hasTerminal && !isLast && now - this.#lastLine < QUIET_MS) return;
    this.#lastLine = now;
    const advanced = done - this.#startDone;
    const elapsed = (now - this.#start) / 1000;
    const left = (elapsed / advanced) * (total - done);
    const filled = total === 0 ? WIDTH : Math.round((WIDTH * done) / total);
    const bar = `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)}`;
    const rest = elapsed === 0 || isLast ? [] : [`${durationText(left)} left`];
    const line = [`${label} ${bar} ${done}/${total}`, ...facts, ...rest].join("  ");
    if (this.#hasTerminal) this.#write(`${CLEAR}${isLast ? `${line}\n` : this.#cut(line)}`);
    else this.#write(`${line}\n`);
  }

  /** The start of a line that fits into one row, since only one row can be cleared. */
  #cut(line: string): string {
    const characters = Array.from(line);
    const most = (this.#columns() ?? Number.POSITIVE_INFINITY) - 1;
    return most < 1 || characters.length <= most ? line : `${characters.slice(0, most - 1).join("")}…`;
  }

  /** Writes a line above the bar. */
  note(text: string): void {
    this.#write(this.#hasTerminal ? `${CLEAR}${text}\n` : `${text}\n`);
  }
}
