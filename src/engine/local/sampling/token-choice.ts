/**
 * @module
 * Draws a token from a distribution: greedy, or at random within the top k and the nucleus.
 */
import type { Rng } from "../../../math/index.ts";

export interface TokenChoice {
  /** Take the likeliest token. */
  readonly greedy: boolean;
  /** Keep the k likeliest; 0 keeps all. */
  readonly topK: number;
  /** Keep the smallest set of likeliest tokens whose probability reaches it; 1 keeps all. */
  readonly topP: number;
  /** `[V]` 1 at tokens that are never drawn. */
  readonly banned: Uint8Array;
}

/** Rows of V probabilities, and their logarithms, which still tell tokens apart where probabilities are 0. */
export interface TokenOdds {
  readonly probabilities: Float32Array;
  readonly logprobs: Float32Array;
}

/**
 * One token: the likeliest when greedy, or when every token that may be drawn has a probability of 0.
 *
 * @param start where the row begins
 */
export function chooseToken(odds: TokenOdds, start: number, choice: TokenChoice, rng: Rng): number {
  if (choice.greedy) {
    return likeliest(odds.logprobs, start, choice.banned);
  }
  const drawn = draw(odds.probabilities, start, choice, rng);
  return drawn < 0 ? likeliest(odds.logprobs, start, choice.banned) : drawn;
}

function draw(probabilities: Float32Array, start: number, choice: TokenChoice, rng: Rng): number {
  const size = choice.banned.length;
  const wholeVocabulary = (choice.topK === 0 || choice.topK >= size) && choice.topP >= 1;
  return wholeVocabulary
    ? drawFromAll(probabilities, start, choice.banned, rng.uniform())
    : drawFromTop(probabilities, start, choice, rng.uniform());
}

function likeliest(logprobs: Float32Array, start: number, banned: Uint8Array): number {
  let best = -1;
  for (let token = 0; token < banned.length; token++) {
    if (banned[token] === 0 && (best < 0 || logprobs[start + token]! > logprobs[start + best]!)) {
      best = token;
    }
  }
  return best;
}

function drawFromAll(
  probabilities: Float32Array,
  start: number,
  banned: Uint8Array,
  uniform: number,
): number {
  let allowed = 0;
  for (let token = 0; token < banned.length; token++) {
    allowed += banned[token] === 0 ? probabilities[start + token]! : 0;
  }
  let rest = uniform * allowed;
  let last = -1;
  for (let token = 0; token < banned.length; token++) {
    const probability = probabilities[start + token]!;
    if (banned[token] === 0 && probability > 0) {
      rest -= probability;
      last = token;
      if (rest < 0) {
        return token;
      }
    }
  }
  return last;
}

/** Ties are ordered by id, so that the same seed draws the same token. */
function drawFromTop(
  probabilities: Float32Array,
  start: number,
  choice: TokenChoice,
  uniform: number,
): number {
  const { banned, topK, topP } = choice;
  const order = Array.from(banned.keys())
    .filter((token) => banned[token] === 0)
    .sort((a, b) => probabilities[start + b]! - probabilities[start + a]! || a - b);
  const kept = topK > 0 ? order.slice(0, topK) : order;
  const total = kept.reduce((sum, token) => sum + probabilities[start + token]!, 0);
  let nucleus = 0;
  let count = 0;
  while (count < kept.length && nucleus < topP * total) {
    nucleus += probabilities[start + kept[count]!]!;
    count++;
  }
  let rest = uniform * nucleus;
  for (const token of kept.slice(0, count)) {
    rest -= probabilities[start + token]!;
    if (rest < 0) {
      return token;
    }
  }
  return kept[count - 1] ?? -1;
}
