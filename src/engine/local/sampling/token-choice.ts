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

/** Rows of V probabilities, and their logarithms, which still differ between tokens whose probabilities are 0. */
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
  { banned, topK, topP }: TokenChoice,
  uniform: number,
): number {
  const row = probabilities.subarray(start, start + banned.length);
  const kept = topK > 0 ? likeliestOf(row, banned, topK) : likelyEnough(row, banned, topP);
  let nucleus = 0;
  let count = 0;
  while (count < kept.tokens.length && nucleus < topP * kept.total) {
    nucleus += row[kept.tokens[count]!]!;
    count++;
  }
  let rest = uniform * nucleus;
  for (let i = 0; i < count; i++) {
    rest -= row[kept.tokens[i]!]!;
    if (rest < 0) {
      return kept.tokens[i]!;
    }
  }
  return kept.tokens[count - 1] ?? -1;
}

/** Tokens by falling probability, and the probability of all that could have been among them. */
interface RankedTokens {
  readonly tokens: readonly number[];
  readonly total: number;
}

/** The k likeliest, and their probability. Up to 2k candidates are kept, so that sorts are few for small and large k. */
function likeliestOf(row: Float32Array, banned: Uint8Array, count: number): RankedTokens {
  const byRank = (a: number, b: number) => row[b]! - row[a]! || a - b;
  const tokens: number[] = [];
  let least = -1;
  for (let token = 0; token < row.length; token++) {
    if (banned[token] !== 0 || !(row[token]! > least)) continue;
    tokens.push(token);
    if (tokens.length < 2 * count) continue;
    tokens.sort(byRank).length = count;
    least = row[tokens[count - 1]!]!;
  }
  const kept = tokens.sort(byRank).slice(0, count);
  return { tokens: kept, total: kept.reduce((sum, token) => sum + row[token]!, 0) };
}

/**
 * The tokens among which a nucleus lies, and the probability of all. V tokens below (1 − p) / V have together less than
 * 1 − p, which a nucleus of p does without, so that few of a large vocabulary need be sorted.
 */
function likelyEnough(row: Float32Array, banned: Uint8Array, topP: number): RankedTokens {
  let total = 0;
  for (let token = 0; token < row.length; token++) {
    if (banned[token] === 0) total += row[token]!;
  }
  // A little less, so that rounding leaves none out.
  const least = (0.999 * (1 - topP) * total) / row.length;
  const tokens: number[] = [];
  for (let token = 0; token < row.length; token++) {
    if (banned[token] === 0 && row[token]! >= least) tokens.push(token);
  }
  return { tokens: tokens.sort((a, b) => row[b]! - row[a]! || a - b), total };
}
