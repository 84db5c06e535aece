/**
 * @module
 * Which parameters the graphs see as one matrix.
 */
import { biased, type Pack } from "../../../graph/parameters.ts";
import type { QwenConfig } from "../config.ts";
import type { QwenParts } from "./parts.ts";

/** All packs of a model, in the order in which they are laid out. */
export function packList({ text, vision }: QwenConfig, parts: QwenParts): Pack[] {
  const { tower } = parts;
  const name = (suffix: string) => `${parts.vision}.${suffix}`;
  const patch = name("patch_embed.proj");
  return [
    ["embedding", [`${parts.text}.embed_tokens.weight`]],
    ...Array.from({ length: text.layers }, (_, layer) => decoderLayer(layer, parts)).flat(),
    ["norm", [`${parts.text}.norm.weight`]],
    ...(text.tieWordEmbeddings ? [] : [["head", ["lm_head.weight"]] satisfies Pack]),
    ["vision.patch", [`${patch}.weight`]],
    ...(tower.patchBias ? [["vision.patch.bias", [`${patch}.bias`]] satisfies Pack] : []),
    ...(vision.positionsPerSide === undefined
      ? []
      : [["vision.positions", [name("pos_embed.weight")]] satisfies Pack]),
    ...Array.from({ length: vision.depth }, (_, block) => visionBlock(block, parts)).flat(),
    ...merger("vision.merger", name("merger"), parts),
    ...(vision.deepstackBlocks ?? []).flatMap((_, i) =>
      merger(`vision.${i}.deepstack`, name(`deepstack_merger_list.${i}`), parts),
    ),
  ];
}

function decoderLayer(layer: number, { text, decoder }: QwenParts): Pack[] {
  const name = (suffix: string) => `${text}.layers.${layer}.${suffix}`;
  const pack = (suffix: string) => `layer.${layer}.${suffix}`;
  const linear = (own: string, ...members: string[]): Pack[] =>
    decoder.bias
      ? biased(pack(own), ...members)
      : [[`${pack(own)}.weight`, members.map((member) => `${member}.weight`)]];
  const headNorms: Pack[] = [
    [pack("queryNorm"), [name("self_attn.q_norm.weight")]],
    [pack("keyNorm"), [name("self_attn.k_norm.weight")]],
  ];
  return [
    [pack("attentionNorm"), [name("input_layernorm.weight")]],
    ...linear("queryKey", name("self_attn.q_proj"), name("self_attn.k_proj")),
    ...(decoder.queryKeyNorm ? headNorms : []),
    ...linear("value", name("self_attn.v_proj")),
    [pack("output.weight"), [name("self_attn.o_proj.weight")]],
    [pack("mlpNorm"), [name("post_attention_layernorm.weight")]],
    [pack("gate.weight"), [name("mlp.gate_proj.weight")]],
    [pack("up.weight"), [name("mlp.up_proj.weight")]],
    [pack("down.weight"), [name("mlp.down_proj.weight")]],
  ];
}

function visionBlock(block: number, parts: QwenParts): Pack[] {
  const name = (suffix: string) => `${parts.vision}.blocks.${block}.${suffix}`;
  const pack = (suffix: string) => `vision.${block}.${suffix}`;
  const { gate, up, down } = parts.tower.mlp;
  return [
    ...norm(pack("attentionNorm"), name("norm1"), parts),
    ...biased(pack("qkv"), name("attn.qkv")),
    ...biased(pack("output"), name("attn.proj")),
    ...norm(pack("mlpNorm"), name("norm2"), parts),
    ...(gate === undefined ? [] : biased(pack("gate"), name(`mlp.${gate}`))),
    ...biased(pack("up"), name(`mlp.${up}`)),
    ...biased(pack("down"), name(`mlp.${down}`)),
  ];
}

function merger(pack: string, name: string, parts: QwenParts): Pack[] {
  const { norm: normName, up, down } = parts.tower.merger;
  return [
    ...norm(`${pack}.norm`, `${name}.${normName}`, parts),
    ...biased(`${pack}.up`, `${name}.${up}`),
    ...biased(`${pack}.down`, `${name}.${down}`),
  ];
}

function norm(pack: string, name: string, { tower }: QwenParts): Pack[] {
  const weight: Pack = [pack, [`${name}.weight`]];
  return tower.norm === "layer" ? [weight, [`${pack}.bias`, [`${name}.bias`]]] : [weight];
}
