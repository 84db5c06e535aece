/**
 * @module
 * The likely cause of a disagreement between sampler and trainer, from its pattern. Both compute the same log-probs of
 * the same tokens, so that each pattern leaves few explanations:
 *
 * | text, before | picture, before | text, after | picture seen before, after | new picture, after | cause |
 * |---|---|---|---|---|---|
 * | apart | | | | | other weights or prompts |
 * | | apart | | | | pictures that reach the two in different form |
 * | | | apart | | | weights that the sampler did not get |
 * | | | | apart | | what the sampler keeps of pictures |
 * | | | | apart | apart | weights of the vision tower that the sampler did not get |
 *
 * The faults named in the messages were seen on SkyRL 0.4.0 with vLLM 0.30.
 */
import type { Mismatch } from "./mismatch.ts";

/** When, of the check's own step. */
export type Moment = "before" | "after";
/** Which prompt. */
export type Shown = "text" | "picture" | "new-picture";

/** Sampler against trainer on one prompt. */
export interface CheckRow extends Mismatch {
  readonly moment: Moment;
  readonly shown: Shown;
}

/** Stable names of causes. */
export type CauseKind =
  | "other-weights"
  | "raw-pixels"
  | "no-movement"
  | "dropped-weights"
  | "dropped-vision-weights"
  | "stale-pictures"
  | "unknown";

/** The likely cause. */
export interface Cause {
  readonly kind: CauseKind;
  /** The cause and its remedy. */
  readonly message: string;
}

const MESSAGES: Readonly<Record<CauseKind, string>> = {
  "other-weights":
    "sampler and trainer disagree on text before any step: they have other weights, another precision or temperature, or get another prompt",
  "raw-pixels":
    "sampler and trainer agree on text and disagree on a picture before any step: it reaches them in different form, such as raw pixels from a vLLM that was started without --no-mm-device-do-normalize",
  "no-movement":
    "the optimiser's steps hardly moved the trainer's own log-probs, so that old weights in the sampler would not be noticed: the trained parameters get no gradient, or the step is not applied",
  "dropped-weights":
    "sampler and trainer agree before a step and disagree on everything after it: the sampler did not get the new weights, such as weights whose names differ from the checkpoint file's with weight_sync_backend delta",
  "dropped-vision-weights":
    "after a step sampler and trainer agree on text and disagree on every picture: the sampler did not get the vision tower's new weights",
  "stale-pictures":
    "after a step sampler and trainer agree on a new picture and disagree on an earlier picture. The sampler keeps features that it computed with old weights, such as vLLM's encoder cache, to be emptied by POST /reset_encoder_cache after every weight sync",
  unknown: "sampler and trainer disagree in a way that no known fault explains",
};

/**
 * The likely cause; undefined where nothing is wrong.
 *
 * @param moved mean |Δ log-prob| of the trainer by the check's own steps, nats; undefined before them
 * @param threshold largest mean |Δ log-prob| that is no fault, nats
 */
export function likelyCause(
  rows: readonly CheckRow[],
  moved: number | undefined,
  threshold: number,
): Cause | undefined {
  const kind = causeKind(rows, moved, threshold);
  return kind && { kind, message: MESSAGES[kind] };
}

function causeKind(
  rows: readonly CheckRow[],
  moved: number | undefined,
  threshold: number,
): CauseKind | undefined {
  const apart = (moment: Moment, shown: Shown) =>
    rows.some((row) => row.moment === moment && row.shown === shown && !(row.mean <= threshold));
  if (apart("before", "text")) return "other-weights";
  if (apart("before", "picture")) return "raw-pixels";
  if (moved !== undefined && !(moved > threshold)) return "no-movement";
  if (apart("after", "text")) return "dropped-weights";
  if (apart("after", "picture")) {
    return apart("after", "new-picture") ? "dropped-vision-weights" : "stale-pictures";
  }
  return apart("after", "new-picture") ? "unknown" : undefined;
}
