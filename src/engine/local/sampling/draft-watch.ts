/**
 * @module
 * Completions in the making, watched: which tokens were drawn in a step, with the likeliest in their places, and which
 * completions the caller wants no more of.
 */
import type { Alternatives, DrawnToken } from "../../engine.ts";
import type { Draft, NextTokens } from "./draft.ts";

export interface DraftWatchOptions {
  /** Completions a prompt, G. */
  readonly groupSize: number;
  /** `[P·G]` 1 where the caller has ended a completion; shared with the caller's thread. */
  readonly ended: Int32Array;
  /** Number of likeliest tokens reported with each token; 0 for none. */
  readonly alternatives: number;
  /** Takes the tokens of a step. */
  readonly report: (drawn: readonly DrawnToken[]) => void;
}

export class DraftWatch {
  readonly #options: DraftWatchOptions;
  #drawn: DrawnToken[] = [];

  constructor(options: DraftWatchOptions) {
    this.#options = options;
  }

  /** Whether the caller has ended a completion. */
  hasEnded({ place }: Draft): boolean {
    return Atomics.load(this.#options.ended, place) !== 0;
  }

  /** Notes the token that a draft has just drawn from row `row`. */
  note({ place, tokens }: Draft, { logprobs }: NextTokens, row: number, vocabSize: number): void {
    const { groupSize, alternatives } = this.#options;
    const token = tokens.at(-1)!;
    const own = logprobs.subarray(row * vocabSize, (row + 1) * vocabSize);
    this.#drawn.push({
      prompt: Math.floor(place / groupSize),
      place: place % groupSize,
      token,
      logprob: own[token]!,
      ...(alternatives > 0 && { alternatives: likeliestTokens(own, alternatives) }),
    });
  }

  /** Reports what was noted since the last time. */
  report(): void {
    if (this.#drawn.length === 0) return;
    this.#options.report(this.#drawn);
    this.#drawn = [];
  }
}

/** The k likeliest, the likeliest first; of equals the lower id first. */
export function likeliestTokens(logprobs: Float32Array, k: number): Alternatives {
  const tokens: number[] = [];
  for (let token = 0; token < logprobs.length; token++) {
    const logprob = logprobs[token]!;
    if (tokens.length === k && logprob <= logprobs[tokens[k - 1]!]!) continue;
    let at = tokens.length;
    while (at > 0 && logprobs[tokens[at - 1]!]! < logprob) at--;
    tokens.splice(at, 0, token);
    if (tokens.length > k) tokens.pop();
  }
  return {
    tokens: Int32Array.from(tokens),
    logprobs: Float64Array.from(tokens, (token) => logprobs[token]!),
  };
}
