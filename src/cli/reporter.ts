/**
 * @module
 * Prints a run's events: JSON lines or text on stdout, and progress on stderr.
 */

import { arrangementText, type RetryEvent } from "../engine/index.ts";
import type { Share } from "../eval/index.ts";
import type { ArrangementEvent, RunEvent } from "../train/index.ts";
import type { CliContext } from "./context.ts";
import { downloadMoment } from "./download-bar.ts";
import { ProgressBar } from "./progress.ts";

const PHASES = { sft: "warm start", train: "learning" } as const;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** A share with its interval, in per cent. */
export function shareText({ share, low, high }: Pick<Share, "share" | "low" | "high">): string {
  return `${percent(share)} [${percent(low)}, ${percent(high)}]`;
}

/** The message about a remote engine that does not answer yet. */
export function retryText({ url, call, message, waitMs, attempt, limitMs }: RetryEvent): string {
  const wait = `attempt ${attempt + 1} in ${(waitMs / 1000).toFixed(1)} s`;
  return `${url} does not answer ${call} (${message}); ${wait}, given up after ${Math.round(limitMs / 1000)} s`;
}

const WHY: Readonly<Record<ArrangementEvent["by"], string>> = {
  given: "as given",
  only: "the machine's cores and memory allow no other arrangement",
  device: "a graphics adapter computes",
  size: "not measured: the model is large",
  measured: "the fastest of the measured arrangements",
  remembered: "measured before",
};

/** Why an arrangement was chosen, with the number that the user set. */
function whyText({ by, given = {} }: ArrangementEvent): string {
  const set = Object.entries(given).map(([name, value]) => `engine.${name} is set to ${value}`);
  if (set.length === 0) return WHY[by];
  return by === "only"
    ? `${set.join(", ")}, which leaves no other arrangement on this machine`
    : `${set.join(", ")}; ${WHY[by]}`;
}

/** The engine's arrangement as text: one line, and one for each warning. */
export function arrangementLines(event: ArrangementEvent): string[] {
  const { cores, tried = [], warnings } = event;
  const speeds = tried.map(
    (one) => `${arrangementText(one)} ${one.error ?? `${one.tokensPerSecond.toFixed(0)} tokens/s`}`,
  );
  const facts = [`${whyText(event)}; ${cores} ${cores === 1 ? "core" : "cores"}`, ...speeds];
  return [
    `engine: ${arrangementText(event)} (${facts.join(", ")})`,
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}

/** Reports a command's events and results. */
export class Reporter {
  readonly bar: ProgressBar;
  readonly isJson: boolean;
  readonly #context: CliContext;
  #steps = 0;
  #kl: number | undefined;
  #loss: number | undefined;

  constructor(context: CliContext, isJson: boolean) {
    this.#context = context;
    this.isJson = isJson;
    this.bar = new ProgressBar(context);
  }

  /** The result as a JSON line; nothing without `--json`. */
  json(record: object): void {
    if (this.isJson) this.#context.stdout(`${JSON.stringify(record)}\n`);
  }

  /** The result as text; nothing with `--json`. */
  text(text: string): void {
    if (!this.isJson) this.#context.stdout(text);
  }

  /** Handles one event of a run. */
  readonly onEvent = (event: RunEvent): void => {
    this.json(event);
    this.show(event);
  };

  /** Shows the progress of an evaluation. */
  readonly onEvaluation = (done: number, total: number): void => {
    this.bar.show({ label: "evaluating", done, total, facts: [] });
  };

  /** Shows an event on stderr only. */
  show(event: RunEvent): void {
    switch (event.event) {
      case "download":
        this.bar.show(downloadMoment(event));
        return;
      case "started":
        this.#steps = event.steps;
        this.#kl = undefined;
        this.#loss = undefined;
        this.bar.note(PHASES[event.kind]);
        this.bar.begin(PHASES[event.kind]);
        return;
      case "warm-start": {
        this.#loss = event.loss ?? this.#loss;
        const facts = [
          `loss ${(this.#loss ?? 0).toFixed(4)}`,
          `${event.timing.tokensPerSecond.toFixed(0)} tokens/s`,
        ];
        this.bar.show({ label: PHASES.sft, done: event.iteration, total: this.#steps, facts });
        return;
      }
      case "iteration": {
        this.#kl = event.kl ?? this.#kl;
        const facts = [
          event.unscorable > 0 && event.unscorable === event.completions
            ? "no reward"
            : `reward ${event.reward.toFixed(3)}`,
          `accuracy ${event.accuracy.toFixed(3)}`,
          ...(this.#kl === undefined ? [] : [`KL ${this.#kl.toPrecision(2)}`]),
          `${event.timing.tokensPerSecond.toFixed(0)} tokens/s`,
        ];
        this.bar.show({ label: PHASES.train, done: event.iteration, total: this.#steps, facts });
        if (event.skipReason !== undefined) this.bar.note(`step skipped: ${event.skipReason}`);
        return;
      }
      case "evaluation":
        this.bar.note(
          `after ${event.iteration}: ${event.split} accuracy ${shareText({ ...event, share: event.accuracy })}`,
        );
        return;
      case "session-lost":
        this.bar.note(`${event.message}; restoring the newest checkpoint`);
        break;
      case "arrangement":
        for (const line of arrangementLines(event)) this.bar.note(line);
        return;
      case "engine-check":
        this.bar.note(`engine check: ${event.server?.url ?? "engine"}: sampler and trainer agree`);
        return;
      case "engine-retry":
        this.bar.note(retryText(event));
        return;
      case "broken-row":
        this.bar.note(`row skipped: ${event.message}`);
        return;
      case "reward-failed":
        this.bar.note(`no reward for ${event.completions} completions: ${event.message}`);
        return;
      case "observer-failed":
        this.bar.note(`${event.observer} failed and was removed: ${event.message}`);
        return;
      case "warning":
        this.bar.note(`warning: ${event.message}`);
        return;
      case "checkpoint":
        return;
    }
  }
}
