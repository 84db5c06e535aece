/**
 * @module
 * The tokens of a completion, or of a batch, with the highest scores: what methods keep that learn from a share of the
 * tokens only.
 */
import { decimalCeiling, type Rng } from "../math/index.ts";
import { counts } from "./check-signals.ts";

/** Which of equal scores are kept if not all can be: the earlier, all of them nevertheless, or some that a generator draws. */
type TieRule = "earlier" | "all" | Rng;

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
 * @returns `[B][T]`
 */
export function topOfBatch(completions: readonly Scored[], share: number, ties: TieRule): Float64Array[] {
  const scores = countedScores(completions);
  // All places are drawn, with ties or without, so that the later draws of the generator are the same.
  const order =
    typeof ties === "string" ? undefined : ties.shuffle(Uint32Array.from(scores, (_, place) => place));
  const isKept = keptPlaces(scores, decimalCeiling(share, scores.length), ties === "all", order);
  let place = 0;
  return completions.map(({ scores: own, mask }) => {
    const kept = new Float64Array(own.length);
    for (let t = 0; t < own.length; t++) if (counts(mask, t)) kept[t] = isKept[place++]!;
    return kept;
  });
}

/** Scores of the tokens that count, one completion after the other. */
function countedScores(completions: readonly Scored[]): Float64Array {
  const all = new Float64Array(completions.reduce((sum, { scores }) => sum + scores.length, 0));
  let place = 0;
  for (const { scores, mask } of completions) {
    for (let t = 0; t < scores.length; t++) if (counts(mask, t)) all[place++] = scores[t]!;
  }
  return all.subarray(0, place);
}

/**
 * 1 at the places of the highest scores.
 *
 * @param count of them
 * @param order in which equal scores are taken; that of the places unless given
 */
function keptPlaces(
  scores: Float64Array,
  count: number,
  allTies: boolean,
  order: Uint32Array | undefined,
): Uint8Array {
  const kept = new Uint8Array(scores.length);
  if (count === 0) return kept;
  const least = scores.toSorted()[scores.length - count]!;
  let room = count;
  for (let place = 0; place < scores.length; place++) {
    if (!(scores[place]! > least)) continue;
    kept[place] = 1;
    room--;
  }
  for (let i = 0; i < scores.length && (room > 0 || allTies); i++) {
    const place = order === undefined ? i : order[i]!;
    if (scores[place] !== least) continue;
    kept[place] = 1;
    room--;
  }
  return kept;
}
