/**
 * @module
 * The parameters of a SmolVLM or Idefics3 model: their names, which all releases of transformers share, and shapes.
 */
import {
  type DecoderNames,
  decoderModule,
  decoderPacks,
  decoderShapes,
  tiedHead,
} from "../../../graph/decoder-parameters.ts";
import { biased, type Pack } from "../../../graph/parameters.ts";
import type { ParameterNames } from "../../../parameters.ts";
import { positionsPerSide, type SmolConfig } from "../config.ts";

export const DECODER: DecoderNames = { prefix: "model.text_model", projectionBiases: false };
const TOWER = "model.vision_model";
export const PATCHES = `${TOWER}.embeddings.patch_embedding`;
export const POSITIONS = `${TOWER}.embeddings.position_embedding.weight`;
export const FINAL_NORM = `${TOWER}.post_layernorm`;
export const CONNECTOR = "model.connector.modality_projection.proj.weight";

/** The prefix of the names of a block's parameters. */
export function blockName(block: number): string {
  return `${TOWER}.encoder.layers.${block}`;
}

/** Every parameter of the model and its shape, in the order of the forward pass. */
export function parameterShapes(config: SmolConfig): ReadonlyMap<string, readonly number[]> {
  const { text, vision, scaleFactor } = config;
  const { hiddenSize, intermediateSize, patchSize } = vision;
  const shapes = new Map<string, readonly number[]>();
  const linear = (name: string, out: number, into: number) =>
    shapes.set(`${name}.weight`, [out, into]).set(`${name}.bias`, [out]);
  const norm = (name: string) => shapes.set(`${name}.weight`, [hiddenSize]).set(`${name}.bias`, [hiddenSize]);
  shapes.set(`${PATCHES}.weight`, [hiddenSize, vision.inChannels, patchSize, patchSize]);
  shapes.set(`${PATCHES}.bias`, [hiddenSize]);
  shapes.set(POSITIONS, [positionsPerSide(vision) ** 2, hiddenSize]);
  for (let block = 0; block < vision.depth; block++) {
    const name = blockName(block);
    norm(`${name}.layer_norm1`);
    for (const projection of ["q_proj", "k_proj", "v_proj", "out_proj"])
      linear(`${name}.self_attn.${projection}`, hiddenSize, hiddenSize);
    norm(`${name}.layer_norm2`);
    linear(`${name}.mlp.fc1`, intermediateSize, hiddenSize);
    linear(`${name}.mlp.fc2`, hiddenSize, intermediateSize);
  }
  norm(FINAL_NORM);
  shapes.set(CONNECTOR, [text.hiddenSize, hiddenSize * scaleFactor ** 2]);
  return new Map([...shapes, ...decoderShapes(text, DECODER)]);
}

/** All packs of a model, in the order in which they are laid out. */
export function packList({ text, vision }: SmolConfig): Pack[] {
  return [
    ...decoderPacks(text, DECODER),
    ...biased("vision.patch", PATCHES),
    ["vision.position", [POSITIONS]],
    ...Array.from({ length: vision.depth }, (_, block) => blockPacks(block)).flat(),
    ...biased("vision.norm", FINAL_NORM),
    ["vision.connector.weight", [CONNECTOR]],
  ];
}

function blockPacks(block: number): Pack[] {
  const name = (suffix: string) => `${blockName(block)}.${suffix}`;
  const pack = (suffix: string) => `vision.${block}.${suffix}`;
  return [
    ...biased(pack("attentionNorm"), name("layer_norm1")),
    ...biased(
      pack("qkv"),
      ...["q_proj", "k_proj", "v_proj"].map((projection) => name(`self_attn.${projection}`)),
    ),
    ...biased(pack("output"), name("self_attn.out_proj")),
    ...biased(pack("mlpNorm"), name("layer_norm2")),
    ...biased(pack("up"), name("mlp.fc1")),
    ...biased(pack("down"), name("mlp.fc2")),
  ];
}

/** Names and shapes of a model's parameters. */
export function parameterNames(config: SmolConfig): ParameterNames {
  const copies = tiedHead(config.text, DECODER);
  return {
    shapes: parameterShapes(config),
    canonical: (name) => name,
    module: (name) => name,
    isDerived: (name) =>
      name.endsWith("rotary_emb.inv_freq") || name.endsWith("embeddings.position_ids") || copies.has(name),
    copies,
    isVision: (name) => /^model\.(vision_model|connector)\./.test(name),
    loraModule: (name) => (isBlockMatrix(name) ? "vision" : decoderModule(name, DECODER)),
    isNorm: (name) => /norm/.test(name),
    writesResidual: (name) => /o_proj|down_proj|out_proj|fc2/.test(name),
  };
}

function isBlockMatrix(name: string): boolean {
  return /^model\.vision_model\.encoder\.layers\.\d+\.(self_attn\.(q|k|v|out)_proj|mlp\.fc[12])\.weight$/.test(
    name,
  );
}
