/**
 * @module
 * The parameters of a Qwen-VL model: their canonical names, shapes, and the other names they go by. Canonical
 * names are the names that transformers writes in `save_pretrained`.
 */
import { decoderModule, decoderShapes, tiedHead } from "../../../graph/decoder-parameters.ts";
import type { ParameterNames } from "../../../parameters.ts";
import type { QwenConfig } from "../config.ts";
import type { QwenParts } from "./parts.ts";

/** Prefixes that some release gave a parameter, in memory or on disk, and the canonical prefixes. */
function renamed(parts: QwenParts): readonly (readonly [prefix: string, canonical: string])[] {
  const { vision } = parts;
  const text = parts.decoder.prefix;
  return [
    ["model.language_model.lm_head.", "lm_head."],
    ["model.language_model.", `${text}.`],
    ["language_model.lm_head.", "lm_head."],
    ["language_model.model.", `${text}.`],
    ["language_model.", `${text}.`],
    ["model.visual.", `${vision}.`],
    ["visual.", `${vision}.`],
  ];
}

/** Every parameter of the model and its shape, canonical names in the order of the forward pass. */
export function parameterShapes(
  { text, vision }: QwenConfig,
  parts: QwenParts,
): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  const linear = (name: string, out: number, into: number, bias: boolean) => {
    shapes.set(`${name}.weight`, [out, into]);
    if (bias) shapes.set(`${name}.bias`, [out]);
  };
  const norm = (name: string, width: number, bias: boolean) => {
    shapes.set(`${name}.weight`, [width]);
    if (bias) shapes.set(`${name}.bias`, [width]);
  };

  const { tower } = parts;
  const isLayerNorm = tower.norm === "layer";
  const width = vision.hiddenSize;
  const patch = [vision.inChannels, vision.temporalPatchSize, vision.patchSize, vision.patchSize];
  shapes.set(`${parts.vision}.patch_embed.proj.weight`, [width, ...patch]);
  if (tower.patchBias) shapes.set(`${parts.vision}.patch_embed.proj.bias`, [width]);
  if (vision.positionsPerSide !== undefined)
    shapes.set(`${parts.vision}.pos_embed.weight`, [vision.positionsPerSide ** 2, width]);
  for (let block = 0; block < vision.depth; block++) {
    const name = `${parts.vision}.blocks.${block}`;
    norm(`${name}.norm1`, width, isLayerNorm);
    linear(`${name}.attn.qkv`, 3 * width, width, true);
    linear(`${name}.attn.proj`, width, width, true);
    norm(`${name}.norm2`, width, isLayerNorm);
    const { gate, up, down } = tower.mlp;
    for (const into of gate === undefined ? [up] : [gate, up])
      linear(`${name}.mlp.${into}`, vision.intermediateSize, width, true);
    linear(`${name}.mlp.${down}`, width, vision.intermediateSize, true);
  }
  const merged = width * vision.spatialMergeSize ** 2;
  const merger = (name: string, normWidth: number) => {
    norm(`${name}.${tower.merger.norm}`, normWidth, isLayerNorm);
    linear(`${name}.${tower.merger.up}`, merged, merged, true);
    linear(`${name}.${tower.merger.down}`, vision.outHiddenSize, merged, true);
  };
  merger(`${parts.vision}.merger`, width);
  for (const i of (vision.deepstackBlocks ?? []).keys())
    merger(`${parts.vision}.deepstack_merger_list.${i}`, merged);

  for (const [name, shape] of decoderShapes(text, parts.decoder)) shapes.set(name, shape);
  return shapes;
}

const FREQUENCIES = /(rotary_emb|rotary_pos_emb)\.inv_freq$/;

/** Names and shapes of a model's parameters. */
export function parameterNames(config: QwenConfig, parts: QwenParts): ParameterNames {
  const prefixes = renamed(parts);
  const copies = tiedHead(config.text, parts.decoder);
  const { gate, up, down } = parts.tower.mlp;
  const feedForward = [gate, up, down].filter((module) => module !== undefined).join("|");
  const adaptedBlock = new RegExp(
    `^${literal(parts.vision)}\\.blocks\\.\\d+\\.(attn\\.(qkv|proj)|mlp\\.(${feedForward}))\\.weight$`,
  );
  return {
    shapes: parameterShapes(config, parts),
    canonical(name) {
      const found = prefixes.find(([prefix]) => name.startsWith(prefix));
      return found === undefined ? name : found[1] + name.slice(found[0].length);
    },
    // As transformers calls the parameter in memory since 4.52.
    module(canonical) {
      for (const [own, memory] of [
        [parts.vision, "model.visual"],
        [parts.decoder.prefix, "model.language_model"],
      ] as const) {
        if (canonical.startsWith(`${own}.`)) return memory + canonical.slice(own.length);
      }
      return canonical;
    },
    copies,
    isDerived: (name) => FREQUENCIES.test(name) || copies.has(name),
    isVision: (name) => name.startsWith(`${parts.vision}.`),
    loraModule: (name) => (adaptedBlock.test(name) ? "vision" : decoderModule(name, parts.decoder)),
    isNorm: (name) => /(norm\d?|ln_q)\.weight$/.test(name),
    writesResidual: (name) => name.endsWith(`.${down}.weight`) || /o_proj|down_proj|attn\.proj/.test(name),
  };
}

function literal(text: string): string {
  return text.replaceAll(".", "\\.");
}
