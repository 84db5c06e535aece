/**
 * @module
 * The optional capabilities of an engine, and the check before the first step.
 */

import type { ImageAblation } from "../credit/index.ts";
import { SIGNALS, type SignalCapability, type SignalRequest } from "../credit/signals/index.ts";
import { EngineError } from "../errors/index.ts";
import type { ArchitectureCapabilities } from "../model/architecture.ts";
import type { AttentionIntervention } from "./intervention.ts";

/**
 * The capabilities of signals (`SIGNALS` of credit), and more.
 *
 * | capability | what the engine can do |
 * |---|---|
 * | `attention` | DyCo-RL's signals from the last layer's attention |
 * | `attention-intervention` | scoring with the attention of chosen tokens amplified, and the likeliest tokens |
 * | `attention-measure` | a further measure of the same attention: sharpness or divergence within each modality |
 * | `calibrated-attention` | AT-RL's connectivity and Gram matrix from the last layers' attention |
 * | `entropy` | the entropy of each token's distribution, in scoring, and in sampling where it is asked for |
 * | `entropy-gradient` | `accumulate` takes `entropyCoefficients` |
 * | `full-distribution` | measures of whole distributions (divergences, entropy of a nucleus), and the likeliest tokens with their log-probs |
 * | `group-divergence` | how far apart the distributions at one place of a prompt's completions are, in scoring |
 * | `hidden-images` | scoring with image tokens in their places that no later token attends to |
 * | `hidden-states` | the cosine of tokens' hidden states with the hidden states of the image's tokens, in scoring |
 * | `image-ablation` | scoring with images taken away, wholly or in part |
 * | `image-rows` | attention rows on image tokens, in scoring |
 * | `int8-rollouts` | samples requests with `rollout` by rounded weights, whose log-probs differ from the trained model's |
 * | `overlap` | sampling from earlier weights while later calls change them |
 * | `reference` | a frozen copy of the weights |
 * | `token-clusters` | AT-RL's clusters of tokens, found beside the model |
 * | `value-replacement` | scoring with the values of image tokens replaced within the model |
 * | `value` | a value head: `score` gives values, `accumulate` takes `valueCoefficients` |
 * | `video` | prompts with videos |
 * | `watch` | `sample` reports tokens as they are drawn, with the likeliest in their places, and ends completions early |
 */
export type Capability =
  | SignalCapability
  | "attention-intervention"
  | "entropy"
  | "entropy-gradient"
  | "full-distribution"
  | "group-divergence"
  | "hidden-images"
  | "image-ablation"
  | "int8-rollouts"
  | "overlap"
  | "reference"
  | "value"
  | "value-replacement"
  | "video"
  | "watch";

/** Capabilities that read image tokens among the keys of attention rows. */
const ON_IMAGE_KEYS: readonly Capability[] = [
  "attention-intervention",
  "hidden-images",
  "value-replacement",
  ...SIGNALS.flatMap(({ needs }) => needs.map(({ capability }) => capability)),
];

/** The capabilities required for scores under an ablation. */
export function ablationCapability({ kind }: ImageAblation): Capability {
  if (kind === "replace-values") return "value-replacement";
  return kind === "mask-attention" ? "hidden-images" : "image-ablation";
}

/** An engine's capabilities that a model's architecture allows. */
export function allowedBy(
  { imageKeys, video }: ArchitectureCapabilities,
  capabilities: Iterable<Capability>,
): ReadonlySet<Capability> {
  const isAllowed = (capability: Capability) =>
    (imageKeys || !ON_IMAGE_KEYS.includes(capability)) && (video || capability !== "video");
  return new Set([...capabilities].filter(isAllowed));
}

/** Parts of a request that may read image tokens among the keys of attention rows. */
interface KeyReading {
  readonly signals?: SignalRequest | undefined;
  readonly intervention?: AttentionIntervention | undefined;
  readonly image?: ImageAblation | undefined;
}

/**
 * Fails when a request reads image tokens among the keys of attention rows, where the model has none.
 *
 * @throws EngineError naming the part of the request
 */
export function requireImageKeys(
  call: string,
  { signals = {}, intervention, image }: KeyReading,
  { imageKeys }: Pick<ArchitectureCapabilities, "imageKeys">,
): void {
  if (imageKeys) return;
  const asked = Object.entries(signals).find(([, request]) => request !== undefined)?.[0];
  const ablation = image && ON_IMAGE_KEYS.includes(ablationCapability(image)) ? image.kind : undefined;
  const part =
    (asked && `signals.${asked}`) ?? (intervention && "intervention") ?? (ablation && `image ${ablation}`);
  if (part !== undefined) {
    throw new EngineError(
      `${call}: ${part}: expected a model with image tokens among the keys of its attention rows, got one that reads images by cross-attention`,
    );
  }
}

/**
 * Fails when the engine lacks something that a method needs.
 *
 * @throws EngineError naming the method and the capability
 */
export function requireCapability(
  available: ReadonlySet<Capability>,
  needed: Capability,
  method: string,
): void {
  if (!available.has(needed)) {
    const has = [...available].sort().join(", ") || "none";
    throw new EngineError(`${method} needs the engine capability "${needed}"; this engine has: ${has}`);
  }
}
