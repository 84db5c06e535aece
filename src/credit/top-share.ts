/**
 * @module
 * The tokens of a completion, or of a batch, with the highest scores: what methods keep that learn from a share of the
 * tokens only.
 */
import { decimalCeiling, Rng } from "../math/index.ts";
import { counts } from "./check-signals.ts";

/** Which of equal scores are kept if not all can be: the earlier, all of them nevertheless, or some at random. */
export type TieRule = "earlier" | "all" | "random";

/** Scores of one completion. */
interface Scored {
  /** `[T]`, finite where tokens count. */
  readonly scores: ArrayLike<number>;
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

/**
 * 1 for the ⌈share·T⌉ tokens of highest score, else 0; T is the number of tokens that count. The share is taken as
 * the decimal number in which it is written: 0.28 of 25 tokens are 7.
 *
 * Of equal scores the earlier token goes first.
 *
 * @param scores `[T]`, finite where tokens count
 * @param share in [0, 1]
 */
export function topShare(scores: ArrayLike<number>, share: number, mask?: ArrayLike<number>): Float64Array {
  return topOfBatch([{ scores, mask }], share, "earlier")[0]!;
}

/**
 * The same over a batch: 1 for the ⌈share·N⌉ tokens of highest score among all N that count, else 0.
 *
 * @param completions `[B]`
 * @param ties with `"all"` more than the share may be kept; with `"earlier"` completions go in their order
 * @param rng breaks ties at random; a generator of seed 0 unless given
 * @returns `[B][T]`
 */
export function topOfBatch(
  completions: readonly Scored[],
  share: number,
  ties: TieRule,
  rng: Rng = new Rng(0),
): Float64Array[] {
  const tokens = completions.flatMap(({ scores, mask }, i) =>
    Array.from(scores, (score, t) => ({ i, t, score })).filter(({ t }) => counts(mask, t)),
  );
  if (ties === "random") rng.shuffle(tokens);
  tokens.sort((a, b) => b.score - a.score);
  const count = decimalCeiling(share, tokens.length);
  const last = tokens[count - 1]?.score ?? Infinity;
  const kept = completions.map(({ scores }) => new Float64Array(scores.length));
  for (const [place, { i, t, score }] of tokens.entries()) {
    if (place >= count && !(ties === "all" && score === last)) break;
    kept[i]![t] = 1;
  }
  return kept;
}
