/**
 * @module
 * The special tokens that the Qwen-VL families cannot do without.
 */
import { ModelError } from "../../../errors/index.ts";
import type { Tokenizer } from "../../tokenizer.ts";
import type { QwenConfig } from "./config.ts";

export const VISION_TOKENS = {
  start: "<|vision_start|>",
  end: "<|vision_end|>",
  image: "<|image_pad|>",
  video: "<|video_pad|>",
} as const;

/**
 * Makes sure that tokenizer and model mean the same: the vision tokens exist under the ids that the model's config gives
 * them.
 *
 * @throws ModelError naming the token that is missing or differs
 */
export function checkVisionTokens(tokenizer: Tokenizer, config: QwenConfig): void {
  const expected: readonly (readonly [token: string, id: number, field: string])[] = [
    [VISION_TOKENS.start, config.visionStartTokenId, "vision_start_token_id"],
    [VISION_TOKENS.end, config.visionEndTokenId, "vision_end_token_id"],
    [VISION_TOKENS.image, config.imageTokenId, "image_token_id"],
    [VISION_TOKENS.video, config.videoTokenId, "video_token_id"],
  ];
  for (const [token, id, field] of expected) {
    const got = tokenizer.requireTokenId(token);
    if (got !== id) {
      throw new ModelError(`tokenizer.json: ${token} is ${got}, but config.json: ${field} is ${id}`);
    }
  }
}
