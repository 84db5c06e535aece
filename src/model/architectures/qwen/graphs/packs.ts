/**
 * @module
 * Which parameters the graphs see as one matrix.
 */
import { decoderPacks } from "../../../graph/decoder-parameters.ts";
import { biased, type Pack } from "../../../graph/parameters.ts";
import type { QwenConfig } from "../config.ts";
import type { QwenParts } from "./parts.ts";

/** All packs of a model, in the order in which they are laid out. */
export function packList({ text, vision }: QwenConfig, parts: QwenParts): Pack[] {
  const { tower } = parts;
  const name = (suffix: string) => `${parts.vision}.${suffix}`;
  const patch = name("patch_embed.proj");
  return [
    ...decoderPacks(text, parts.decoder),
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
