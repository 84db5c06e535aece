/**
 * @module
 * Amplified attention: what a scoring pass may do to the attention of chosen tokens, to see what depends on it.
 */
import type { AttentionRow } from "../credit/index.ts";

/**
 * Attention of chosen tokens toward one modality, amplified inside the forward pass.
 *
 *     ã_tj = a_tj·(1 + λ·1[j ∈ I_m]) / Σ_k a_tk·(1 + λ·1[k ∈ I_m])
 *
 * Source: DyCo-RL, arXiv:2606.08035, Eq. 5. It is printed for the mean over heads, which no layer mixes values with;
 * here each head's own row is amplified. In layers before the last a changed row changes what later tokens read.
 */
export interface AttentionIntervention {
  /** For each sequence the completion tokens t whose rows are amplified, from 0; none where its list is empty. */
  readonly tokens: readonly (readonly number[])[];
  /** m: the image keys, or every other key. */
  readonly modality: "visual" | "text";
  /** λ ≥ 0; 0 changes nothing. */
  readonly lambda: number;
  /** Decoder layers from 0, or all of them; the last one unless given. */
  readonly layers?: readonly number[] | "all" | undefined;
  /** Heads of these layers from 0; all unless given. */
  readonly heads?: readonly number[] | undefined;
  /** The query that predicts a token (default), the only one that its own log-prob depends on; or the token's own. */
  readonly row?: AttentionRow | undefined;
}
