/**
 * @module
 * Common fields of the config.json files of the Qwen-VL families. Every error names the field.
 */
import { ModelError } from "../../../errors/index.ts";
import type { Fields } from "../../json-fields.ts";
import type { QwenConfig, QwenTextConfig } from "./config.ts";

/** Base of the vision tower's rotary frequencies; the line has no other. */
const VISION_ROPE_THETA = 10_000;

const RGB_CHANNELS = 3;

/** Makes sure of the family, and that weights are plain numbers. */
export function checkFamily(root: Fields, modelType: string): void {
  if (root.text("model_type") !== modelType) throw root.error("model_type", `"${modelType}"`);
  if (root.has("quantization_config")) throw root.error("quantization_config", "none (quantised weights)");
}

export function requireActivation(fields: Fields, activation: string): void {
  if (fields.text("hidden_act", activation) !== activation)
    throw fields.error("hidden_act", `"${activation}"`);
}

/**
 * A sliding window that no layer uses is allowed, as in the published checkpoints. Without `sliding_window` transformers has
 * a window of 4,096 tokens, with null none.
 */
export function refuseSlidingWindow(text: Fields, layers: number): void {
  const types = text.json["layer_types"];
  if (Array.isArray(types)) {
    if (types.some((type) => type !== "full_attention"))
      throw text.error("layer_types", 'only "full_attention" (sliding windows are not supported)');
  } else if (text.boolean("use_sliding_window", false) && text.json["sliding_window"] !== null) {
    if (text.integer("max_window_layers", 80, 0) < layers)
      throw text.error("use_sliding_window", "false (sliding windows are not supported)");
  }
}

/** The object with the settings of rotary positions, under the name of any release. */
export function ropeFields(text: Fields): Fields {
  const rope = text.object(text.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
  for (const name of ["rope_type", "type"]) {
    if (!["default", "mrope"].includes(rope.text(name, "default")))
      throw rope.error(name, '"default" or "mrope"');
  }
  return rope;
}

/** Base and sections of the decoder's rotary frequencies. */
export function ropeOf(
  text: Fields,
  headDim: number,
  defaultTheta: number,
): Pick<QwenTextConfig, "ropeTheta" | "mropeSection"> {
  const rope = ropeFields(text);
  const ropeTheta = rope.has("rope_theta")
    ? rope.positive("rope_theta")
    : text.positive("rope_theta", defaultTheta);
  const section = rope.numbers("mrope_section");
  const [time, height, width, ...rest] = section;
  if (time === undefined || height === undefined || width === undefined || rest.length > 0)
    throw rope.error("mrope_section", "three numbers");
  const whole = section.every((part) => Number.isInteger(part) && part >= 0);
  if (!whole || time + height + width !== headDim / 2)
    throw rope.error("mrope_section", `integers that sum to half the head size, ${headDim / 2}`);
  return { ropeTheta, mropeSection: [time, height, width] };
}

/** Heads of queries, and of keys and values. */
export function headsOf(text: Fields): Pick<QwenTextConfig, "heads" | "kvHeads"> {
  const heads = text.integer("num_attention_heads");
  // Written as null by models without grouped queries; an absent field is a mistake.
  const kvHeads = text.json["num_key_value_heads"] === null ? heads : text.integer("num_key_value_heads");
  if (heads % kvHeads !== 0)
    throw text.error("num_key_value_heads", `a divisor of num_attention_heads (${heads})`);
  return { heads, kvHeads };
}

/** Makes sure that the tower's heads can be rotated by row and column, and that its tokens fit the decoder. */
export function checkTower(
  vision: Fields,
  width: { readonly name: string; readonly value: number },
  out: { readonly name: string; readonly value: number },
  textHiddenSize: number,
): number {
  const heads = vision.integer("num_heads");
  if (width.value % heads !== 0) throw vision.error(width.name, `a multiple of num_heads (${heads})`);
  if ((width.value / heads) % 4 !== 0)
    throw vision.error(width.name, "a size per head that is a multiple of 4");
  if (out.value !== textHiddenSize)
    throw vision.error(out.name, `the decoder's hidden_size, ${textHiddenSize}`);
  const rope = vision.object("rope_parameters");
  if (rope.positive("rope_theta", VISION_ROPE_THETA) !== VISION_ROPE_THETA)
    throw rope.error("rope_theta", String(VISION_ROPE_THETA));
  return heads;
}

/** Channels of an image, under the name of any release. The processor gives RGB. */
export function inChannelsOf(vision: Fields): number {
  const name = vision.has("in_channels") ? "in_channels" : "in_chans";
  if (vision.integer(name, RGB_CHANNELS) !== RGB_CHANNELS)
    throw vision.error(name, `${RGB_CHANNELS} (RGB images)`);
  return RGB_CHANNELS;
}

/** The ids of image and video pads, and of the tokens around them. */
export function tokenIdsOf(
  root: Fields,
  vocabSize: number,
): Pick<QwenConfig, "imageTokenId" | "videoTokenId" | "visionStartTokenId" | "visionEndTokenId"> {
  const tokenId = (name: string, fallback: number) => {
    const id = root.integer(name, fallback, 0);
    if (id >= vocabSize)
      throw new ModelError(`${root.where}: ${name}: expected an id below vocab_size ${vocabSize}, got ${id}`);
    return id;
  };
  return {
    imageTokenId: tokenId("image_token_id", 151655),
    videoTokenId: tokenId("video_token_id", 151656),
    visionStartTokenId: tokenId("vision_start_token_id", 151652),
    visionEndTokenId: tokenId("vision_end_token_id", 151653),
  };
}
