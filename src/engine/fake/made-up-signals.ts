/**
 * @module
 * Attention and hidden states without a model. Rows depend only on the prompt, the row's token and its place,
 * so that sampling and scoring agree. Signals are computed from the rows by their records, so every bound and
 * identity of true signals holds.
 */
import {
  type AttentionRows,
  askedSignals,
  emptySignals,
  type HiddenStates,
  KEY_KIND,
} from "../../credit/index.ts";
import type { AttentionRow, SignalRequest, Signals } from "../engine.ts";

/** The prompt's keys of every made-up row: images and text. */
const KINDS = [
  KEY_KIND.text,
  KEY_KIND.visual,
  KEY_KIND.visual,
  KEY_KIND.visual,
  KEY_KIND.text,
  KEY_KIND.text,
];

/** The prompt's key and last token, and the completion. */
export interface Place {
  readonly key: number;
  readonly lastToken: number;
  readonly tokens: Int32Array;
}

/**
 * A number in [0, 1) that depends on the integers alone: FNV-1a, with Murmur's last mixing, so that near integers
 * give unlike numbers.
 */
function scatter(...values: readonly number[]): number {
  let h = 0x811c9dc5;
  for (const value of values) h = Math.imul(h ^ value, 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 8) / 2 ** 24;
}

/** The token whose query is row t's. */
function rowToken({ tokens, lastToken }: Place, row: AttentionRow, t: number): number {
  return row === "own" ? tokens[t]! : t === 0 ? lastToken : tokens[t - 1]!;
}

/**
 * Rows of attention on the prompt's keys and the completion's up to the query's own: each sums to 1, and depends on the
 * prompt, the row's token and how many keys it sees.
 */
function madeUpRows(place: Place, row: AttentionRow, layers: number): AttentionRows {
  const tokens = place.tokens.length;
  const keys = KINDS.length + tokens;
  const first = row === "own" ? KINDS.length : KINDS.length - 1;
  const rows = new Float64Array(tokens * keys);
  for (let t = 0; t < tokens; t++) {
    const token = rowToken(place, row, t);
    const seen = first + t + 1;
    const shares = Array.from({ length: seen }, (_, key) => 0.05 + scatter(place.key, token, key, layers));
    const sum = shares.reduce((total, share) => total + share, 0);
    for (const [key, share] of shares.entries()) rows[t * keys + key] = share / sum;
  }
  const kind = Uint8Array.from({ length: keys }, (_, key) => KINDS[key] ?? KEY_KIND.text);
  return { rows, tokens, keys, kind, first };
}

/** Hidden states of four numbers, of one layer or of three: each depends on the prompt, its token or key, and the layer. */
function madeUpStates({ key, tokens }: Place, layers: "last" | "all"): HiddenStates {
  const keys = KINDS.length + tokens.length;
  const kind = Uint8Array.from({ length: keys }, (_, place) => KINDS[place] ?? KEY_KIND.text);
  const stateOf = (layer: number) =>
    Float64Array.from({ length: keys * 4 }, (_, i) => {
      const place = Math.floor(i / 4);
      const token = place < KINDS.length ? place : 1000 + tokens[place - KINDS.length]!;
      return scatter(key, token, i % 4, layer) - 0.5;
    });
  const states = (layers === "last" ? [2] : [0, 1, 2]).map(stateOf);
  return { layers: states, tokens: tokens.length, keys, kind, first: KINDS.length };
}

/** The signals asked for, as a part of a completion or a score: what each makes of rows that are made up. */
export function madeUpSignals(place: Place, request: SignalRequest | undefined): { signals?: Signals } {
  const asked = askedSignals(request);
  if (asked.length === 0) return {};
  if (place.tokens.length === 0) return { signals: emptySignals(request) };
  const values = asked.map(({ signal, request: own }) => {
    if (signal.reads === "hidden") {
      return [signal.name, signal.reduce(madeUpStates(place, signal.states(own)), own)];
    }
    const { row, layers } = signal.rows(own);
    return [signal.name, signal.reduce(madeUpRows(place, row, layers), own)];
  });
  return { signals: Object.fromEntries(values) };
}
