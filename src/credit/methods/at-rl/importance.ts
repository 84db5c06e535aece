/**
 * @module
 * AT-RL's importance φ of a token: its connectivity, less where it does not fit its cluster, more where it stands
 * beside an anchor.
 */
import { checkOption } from "../../check-signals.ts";
import type { RowCosines } from "../../similarity-graph.ts";
import { topShare } from "../../top-share.ts";

export interface RefinementOptions {
  /** τ_cen: tokens less like the centroid of their cluster lose importance. Default 0.75. */
  readonly threshold?: number;
  /** α, what their importance is multiplied by. Default 0.6. */
  readonly attenuation?: number;
}

export interface ExpansionOptions {
  /** q, share of tokens that count as anchors. Default 0.15. */
  readonly anchorShare?: number;
  /** R, neighbours of an anchor that may gain. Default 4. */
  readonly neighbours?: number;
  /** τ_nb, what a neighbour must exceed. Default 0.65. */
  readonly threshold?: number;
  /** λ_sim. Default 0.5. */
  readonly similarityWeight?: number;
  /** λ_imp. Default 0.5. */
  readonly importanceWeight?: number;
}

/**
 * Importance after tokens far from their cluster's centroid lost some.
 *
 *     c_k = mean of Ãₜ over cluster k                        Eq. 13
 *     φₜ ← α·φₜ   where cos(Ãₜ, c_k) < τ_cen                 Eq. 14
 *
 * The cosine needs inner products only: Σ_{s∈k} ⟨Ãₜ, Ãₛ⟩ / (‖Ãₜ‖·‖Σ_{s∈k} Ãₛ‖).
 *
 * @param importance `[n]` φ
 * @param clusters `[n]`
 * @param gram inner product of two rows
 */
export function refined(
  importance: Float64Array,
  clusters: Int32Array,
  gram: (s: number, t: number) => number,
  { threshold = 0.75, attenuation = 0.6 }: RefinementOptions = {},
): Float64Array {
  checkOption("refinement.threshold", threshold, 0, 1);
  checkOption("refinement.attenuation", attenuation, 0, 1);
  const members = new Map<number, number[]>();
  for (const [t, cluster] of clusters.entries()) {
    const list = members.get(cluster);
    if (list) list.push(t);
    else members.set(cluster, [t]);
  }
  const kept = importance.slice();
  for (const list of members.values()) {
    const alongSum = list.map((t) => list.reduce((sum, s) => sum + gram(s, t), 0));
    const length = Math.sqrt(alongSum.reduce((sum, along) => sum + along, 0));
    for (const [i, t] of list.entries()) {
      const product = Math.sqrt(gram(t, t)) * length;
      const cosine = product > 0 ? alongSum[i]! / product : 0;
      if (cosine < threshold) kept[t]! *= attenuation;
    }
  }
  return kept;
}

/**
 * Importance after anchors have passed some of theirs to the tokens that attend most like them.
 *
 *     t  in the top q by φ,  t′ among the R tokens of highest cos(Ãₜ, Ãₜ′)
 *     φₜ′ ← max(φₜ′, cos·φₜ)   where λ_sim·cos + λ_imp·φₜ′ > τ_nb        Eq. 15
 *
 * All anchors are taken at once, by the φ that went in. Of equal φ or cosines the earlier token goes first.
 *
 * @param importance `[n]` φ
 */
export function expanded(
  importance: Float64Array,
  cosines: RowCosines,
  {
    anchorShare = 0.15,
    neighbours = 4,
    threshold = 0.65,
    similarityWeight = 0.5,
    importanceWeight = 0.5,
  }: ExpansionOptions = {},
): Float64Array {
  checkOption("expansion.anchorShare", anchorShare, 0, 1);
  checkOption("expansion.neighbours", neighbours, 0, Infinity);
  checkOption("expansion.threshold", threshold, 0, Infinity);
  checkOption("expansion.similarityWeight", similarityWeight, 0, Infinity);
  checkOption("expansion.importanceWeight", importanceWeight, 0, Infinity);
  const raised = importance.slice();
  const isAnchor = topShare(importance, anchorShare);
  for (let anchor = 0; anchor < importance.length; anchor++) {
    if (isAnchor[anchor] === 0) continue;
    for (const token of nearest(cosines, anchor, neighbours)) {
      const cosine = cosines.of(anchor, token);
      const evidence = similarityWeight * cosine + importanceWeight * importance[token]!;
      if (evidence > threshold) raised[token] = Math.max(raised[token]!, cosine * importance[anchor]!);
    }
  }
  return raised;
}

/** The `count` other tokens of highest cosine, nearest first; of equal ones the earlier first. */
function nearest(cosines: RowCosines, token: number, count: number): number[] {
  if (count === 0) return [];
  const row = cosines.row(token);
  const found: number[] = [];
  let worst = -1;
  for (let other = 0; other < row.length; other++) {
    const cosine = row[other]!;
    if (other === token || (found.length >= count && cosine <= worst)) continue;
    if (found.length < count) found.push(other);
    let place = found.length - 1;
    for (; place > 0 && row[found[place - 1]!]! < cosine; place--) found[place] = found[place - 1]!;
    found[place] = other;
    worst = row[found.at(-1)!]!;
  }
  return found;
}
