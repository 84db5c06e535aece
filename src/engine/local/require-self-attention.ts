/**
 * @module
 * Options that do not apply to models whose layers read images by cross-attention.
 */
import { EngineError } from "../../errors/index.ts";
import type { ModelConfig } from "../../model/index.ts";
import type { LocalEngineOptions } from "./local-options.ts";

/** @throws EngineError when an option has no program for layers of cross-attention, and the decoder has such layers */
export function requireSelfAttention(
  { modelType, text: { crossAttentionLayers = [] } }: ModelConfig,
  { device = "cpu", rollouts = "fp32" }: Pick<LocalEngineOptions, "device" | "rollouts">,
): void {
  if (crossAttentionLayers.length === 0) return;
  const why = `${modelType}, which reads images by cross-attention`;
  if (rollouts !== "fp32") throw new EngineError(`rollouts: expected fp32 for ${why}, got ${rollouts}`);
  if (device !== "cpu") throw new EngineError(`device: expected cpu for ${why}, got ${device}`);
}
