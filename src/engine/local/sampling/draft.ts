/**
 * @module
 * A completion in the making.
 */
import { EngineError } from "../../../errors/index.ts";
import type { Rng } from "../../../math/index.ts";
import type { Completion, Signals, StopReason } from "../../engine.ts";
import type { PreparedPrompt } from "../prompts/prepared-prompt.ts";
import type { RowReducer } from "../signals/attention-reduction.ts";
import type { CalibratedRows } from "../signals/calibrated-rows.ts";
import { chooseToken, type TokenChoice, type TokenOdds } from "./token-choice.ts";

/** When completions end, and how their tokens are drawn. */
export interface DraftRules {
  readonly choice: TokenChoice;
  readonly maxCompletionTokens: number;
  readonly stopTokens: ReadonlySet<number>;
}

/** Rows of what follows: `[N, V]` probabilities and log-probs, `[N]` entropy. */
export interface NextTokens extends TokenOdds {
  readonly entropy: Float32Array;
}

/** Where rows go that are asked for as signals. */
export interface DraftSignals {
  readonly attention: RowReducer | undefined;
  readonly calibrated: CalibratedRows | undefined;
}

export class Draft {
  readonly prompt: PreparedPrompt;
  /** Place among all completions of the request. */
  readonly place: number;
  readonly signals: DraftSignals;
  readonly tokens: number[] = [];
  readonly #logprobs: number[] = [];
  readonly #entropy: number[] = [];
  readonly #rng: Rng;
  #stopReason: StopReason | undefined;

  constructor(prompt: PreparedPrompt, place: number, rng: Rng, signals: DraftSignals) {
    this.prompt = prompt;
    this.place = place;
    this.signals = signals;
    this.#rng = rng;
  }

  get isComplete(): boolean {
    return this.#stopReason !== undefined;
  }

  /** Draws the next token from row `row`. */
  draw(next: NextTokens, row: number, rules: DraftRules): void {
    const start = row * rules.choice.banned.length;
    const token = chooseToken(next, start, rules.choice, this.#rng);
    const logprob = next.logprobs[start + token]!;
    if (!Number.isFinite(logprob)) {
      const where = `token ${this.tokens.length} of a completion`;
      throw new EngineError(
        `sample: expected finite log-probs, got ${logprob} (${where}): are the weights finite?`,
      );
    }
    this.tokens.push(token);
    this.#logprobs.push(logprob);
    this.#entropy.push(next.entropy[row]!);
    if (rules.stopTokens.has(token)) {
      this.#stopReason = "stop";
    } else if (this.tokens.length === rules.maxCompletionTokens) {
      this.#stopReason = "length";
    }
  }

  /** Ends it where it is. */
  end(): void {
    this.#stopReason ??= "stop";
  }

  /** @param calibrated the signals that its calibrated rows were reduced to */
  finish(calibrated: Signals | undefined): Completion {
    const { attention } = this.signals;
    return {
      tokens: Int32Array.from(this.tokens),
      logprobs: Float64Array.from(this.#logprobs),
      entropy: Float64Array.from(this.#entropy),
      stopReason: this.#stopReason ?? "length",
      ...((attention || calibrated) && {
        signals: {
          ...(attention && { attention: attention.finish() }),
          ...calibrated,
        },
      }),
    };
  }
}
