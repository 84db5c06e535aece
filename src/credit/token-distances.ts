/**
 * @module
 * The distance of a token's measurement from the measurements at other tokens of the same id.
 */
import { mahalanobis } from "../math/index.ts";

/** The measurement at a token of an id: two numbers. */
export interface TokenSample {
  readonly id: number;
  readonly measured: readonly [number, number];
}

/**
 * A sample of each token.
 *
 * @param ids `[T]`
 * @param first `[T]`
 * @param second `[T]`
 */
export function tokenSamples(
  ids: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): TokenSample[] {
  return Array.from(ids, (id, t) => ({ id, measured: [first[t]!, second[t]!] }));
}

/**
 * The distance from the samples of the same id.
 *
 *     M = √((z − μ)ᵀ Σ⁻¹ (z − μ))      μ, Σ of the id's samples; Σ by Ledoit and Wolf
 *
 * @param leastCount samples of an id below which there is no telling: distance 0
 * @returns a function of a token; 0 for ids without enough samples, and where the samples of an id are all equal
 */
export function distanceFromSameTokens(
  samples: readonly TokenSample[],
  leastCount: number,
): (token: TokenSample) => number {
  const byId = new Map<number, TokenSample["measured"][]>();
  for (const { id, measured } of samples) {
    const own = byId.get(id);
    if (own === undefined) byId.set(id, [measured]);
    else own.push(measured);
  }
  const distances = new Map(
    [...byId].map(([id, own]) => [id, own.length < leastCount ? undefined : mahalanobis(own)]),
  );
  return ({ id, measured }) => distances.get(id)?.(measured) ?? 0;
}
