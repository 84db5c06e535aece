/**
 * @module
 * Attention signals without attention: numbers that depend on the prompt and the row's token alone, so that sampling
 * and scoring agree. They keep every bound and identity that true signals have.
 */
import {
  type AttentionRequest,
  type AttentionSignals,
  biasCurve,
  type CalibratedAttention,
  type CalibratedRequest,
} from "../../credit/index.ts";
import type { AttentionRow, SignalRequest, Signals } from "../engine.ts";

/** Features of a token from which its made-up attention row is taken; the first is the one "on the image". */
const FEATURES = 4;

/** The prompt's key and last token, and the completion. */
export interface Place {
  readonly key: number;
  readonly lastToken: number;
  readonly tokens: Int32Array;
}

/** A number in [0, 1) that depends on the integers alone: FNV-1a, with Murmur's last mixing so that near ones part. */
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

function attention(place: Place, { row, measure }: AttentionRequest): AttentionSignals {
  const at = (t: number, salt: number) => scatter(place.key, rowToken(place, row, t), salt);
  const visualMass = Float64Array.from(place.tokens, (_, t) => 0.05 + 0.9 * at(t, 1));
  return {
    visualMass,
    textMass: visualMass.map((mass) => 1 - mass),
    visualShift: Float64Array.from(place.tokens, (_, t) => (t === 0 ? 0 : at(t, 2))),
    textShift: Float64Array.from(place.tokens, (_, t) => (t === 0 ? 0 : at(t, 3))),
    ...(measure && {
      [measure]: {
        visual: Float64Array.from(place.tokens, (_, t) => (t === 0 ? 0 : at(t, 8))),
        text: Float64Array.from(place.tokens, (_, t) => (t === 0 ? 0 : at(t, 9))),
      },
    }),
  };
}

/** Features are keys; a bias curve that is given divides them, the paper's is taken to be in them already. */
function calibrated(place: Place, request: CalibratedRequest): CalibratedAttention {
  const { row, biasCorrection, biasCurve: curve } = request;
  const length = place.tokens.length;
  const bias = biasCorrection && curve ? biasCurve(FEATURES, curve) : new Float64Array(FEATURES).fill(1);
  const features = Array.from(place.tokens, (_, t) =>
    Array.from(bias, (b, f) => scatter(place.key, rowToken(place, row, t), 4 + f) / b),
  );
  const gram = new Float64Array(length * length);
  for (let s = 0; s < length; s++) {
    for (let t = 0; t < length; t++) {
      for (let f = 0; f < FEATURES; f++) {
        gram[s * length + t] = gram[s * length + t]! + features[s]![f]! * features[t]![f]!;
      }
    }
  }
  return { connectivity: Float64Array.from(features, (feature) => feature[0]!), gram };
}

/** The signals asked for, as a part of a completion or a score. */
export function madeUpSignals(place: Place, request: SignalRequest | undefined): { signals?: Signals } {
  if (request?.attention === undefined && request?.calibrated === undefined) return {};
  return {
    signals: {
      ...(request.attention && { attention: attention(place, request.attention) }),
      ...(request.calibrated && { calibrated: calibrated(place, request.calibrated) }),
    },
  };
}
