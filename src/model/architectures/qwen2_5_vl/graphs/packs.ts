/**
 * @module
 * Which parameters the graphs see as one matrix.
 */
import { biased, type Pack } from "../../../graph/parameters.ts";
import type { QwenConfig } from "../config.ts";

const TEXT = "model";
const VISION = "visual";

/** All packs of a model, in the order in which they are laid out. */
export function packList(config: QwenConfig): Pack[] {
  return [
    ["embedding", [`${TEXT}.embed_tokens.weight`]],
    ...Array.from({ length: config.text.layers }, (_, layer) => decoderLayer(layer)).flat(),
    ["norm", [`${TEXT}.norm.weight`]],
    ...(config.text.tieWordEmbeddings ? [] : [["head", ["lm_head.weight"]] satisfies Pack]),
    ["vision.patch", [`${VISION}.patch_embed.proj.weight`]],
    ...Array.from({ length: config.vision.depth }, (_, block) => visionBlock(block)).flat(),
    ["vision.merger.norm", [`${VISION}.merger.ln_q.weight`]],
    ...biased("vision.merger.up", `${VISION}.merger.mlp.0`),
    ...biased("vision.merger.down", `${VISION}.merger.mlp.2`),
  ];
}

function decoderLayer(layer: number): Pack[] {
  const name = (suffix: string) => `${TEXT}.layers.${layer}.${suffix}`;
  const queryKey = [name("self_attn.q_proj"), name("self_attn.k_proj")];
  return [
    [`layer.${layer}.attentionNorm`, [name("input_layernorm.weight")]],
    ...biased(`layer.${layer}.queryKey`, ...queryKey),
    ...biased(`layer.${layer}.value`, name("self_attn.v_proj")),
    [`layer.${layer}.output.weight`, [name("self_attn.o_proj.weight")]],
    [`layer.${layer}.mlpNorm`, [name("post_attention_layernorm.weight")]],
    [`layer.${layer}.gate.weight`, [name("mlp.gate_proj.weight")]],
    [`layer.${layer}.up.weight`, [name("mlp.up_proj.weight")]],
    [`layer.${layer}.down.weight`, [name("mlp.down_proj.weight")]],
  ];
}

function visionBlock(block: number): Pack[] {
  const name = (suffix: string) => `${VISION}.blocks.${block}.${suffix}`;
  const pack = (suffix: string) => `vision.${block}.${suffix}`;
  return [
    [pack("attentionNorm"), [name("norm1.weight")]],
    ...biased(pack("qkv"), name("attn.qkv")),
    ...biased(pack("output"), name("attn.proj")),
    [pack("mlpNorm"), [name("norm2.weight")]],
    ...biased(pack("gate"), name("mlp.gate_proj")),
    ...biased(pack("up"), name("mlp.up_proj")),
    ...biased(pack("down"), name("mlp.down_proj")),
  ];
}
