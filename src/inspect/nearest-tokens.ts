/**
 * @module
 * Which tokens of a completion attend alike.
 */

/** A token beside another. */
export interface NearToken {
  readonly token: number;
  /** Cosine of the two calibrated attention rows, in [0, 1]. */
  readonly cosine: number;
}

/**
 * The nearest tokens of each token by cosine.
 *
 *     cos(s, t) = ⟨Ã_s, Ã_t⟩ / (‖Ã_s‖·‖Ã_t‖)
 *
 * Source: AT-RL, arXiv:2602.11455, Eq. 7, whose edges are the pairs above 0.7.
 *
 * @param gram `[T × T]`
 * @returns `[T]`, at most `count` each, nearest first; equal cosines in order of place
 */
export function nearestTokens(gram: ArrayLike<number>, tokens: number, count = 8): NearToken[][] {
  const norm = (t: number) => Math.sqrt(gram[t * tokens + t] ?? 0);
  return Array.from({ length: tokens }, (_, s) =>
    Array.from({ length: tokens }, (_other, t) => {
      const size = norm(s) * norm(t);
      return { token: t, cosine: size === 0 ? 0 : Math.min(1, (gram[s * tokens + t] ?? 0) / size) };
    })
      .filter(({ token }) => token !== s)
      .sort((a, b) => b.cosine - a.cosine || a.token - b.token)
      .slice(0, count)
      .map(({ token, cosine }) => ({ token, cosine: Number(cosine.toPrecision(6)) })),
  );
}
