/**
 * @module
 * The parameters of a Llama 3.2-Vision model: their names, shapes, and their other names. Canonical names are the
 * names that transformers writes in `save_pretrained`.
 */
import {
  type DecoderNames,
  decoderModule,
  decoderPacks,
  decoderShapes,
} from "../../../graph/decoder-parameters.ts";
import { biased, type Pack } from "../../../graph/parameters.ts";
import type { ParameterNames } from "../../../parameters.ts";
import { type MllamaConfig, tokensPerTile, type VisionConfig } from "../config.ts";
import { canvases } from "../tile-canvas.ts";

export const DECODER: DecoderNames = {
  prefix: "language_model.model",
  head: "language_model.lm_head",
  projectionBiases: false,
};
const TOWER = "vision_model";
export const PROJECTOR = "multi_modal_projector";
export const PATCHES = `${TOWER}.patch_embedding.weight`;
export const CLASS = `${TOWER}.class_embedding`;
export const POSITIONS = `${TOWER}.gated_positional_embedding`;
/** Embeddings of tiles before the first transformer, and before the global one. */
export const TILE_EMBEDDINGS = {
  before: `${TOWER}.pre_tile_positional_embedding`,
  after: `${TOWER}.post_tile_positional_embedding`,
} as const;
export const NORMS = { before: `${TOWER}.layernorm_pre`, after: `${TOWER}.layernorm_post` } as const;

/** Names that a parameter has in memory since transformers 4.52 begin with the first, on disk with the second. */
const IN_MEMORY = [
  ["lm_head.", "language_model.lm_head."],
  ["model.language_model.", "language_model.model."],
  ["model.vision_model.", "vision_model."],
  ["model.multi_modal_projector.", "multi_modal_projector."],
] as const;

/**
 * The prefix of the names of a block's parameters; blocks of the global transformer follow the blocks of the first.
 */
export function blockName(block: number, { depth }: Pick<VisionConfig, "depth">): string {
  return block < depth
    ? `${TOWER}.transformer.layers.${block}`
    : `${TOWER}.global_transformer.layers.${block - depth}`;
}

/** Blocks of both transformers. */
export function blockCount({ depth, globalDepth }: VisionConfig): number {
  return depth + globalDepth;
}

/** Every parameter of the model and its shape, in the order of the forward pass. */
export function parameterShapes({ text, vision }: MllamaConfig): ReadonlyMap<string, readonly number[]> {
  const { hiddenSize: width, intermediateSize, patchSize, maxTiles } = vision;
  const shapes = new Map<string, readonly number[]>();
  const rows = canvases(maxTiles).length + 1;
  const norm = (name: string) => shapes.set(`${name}.weight`, [width]).set(`${name}.bias`, [width]);
  const linear = (name: string, out: number, into: number) =>
    shapes.set(`${name}.weight`, [out, into]).set(`${name}.bias`, [out]);
  const tiles = (name: string) =>
    shapes.set(`${name}.embedding.weight`, [rows, maxTiles * width]).set(`${name}.gate`, [1]);
  shapes.set(PATCHES, [width, vision.inChannels, patchSize, patchSize]);
  tiles(TILE_EMBEDDINGS.before);
  shapes.set(CLASS, [width]);
  shapes.set(`${POSITIONS}.embedding`, [tokensPerTile(vision), width]);
  shapes.set(`${POSITIONS}.gate`, [1]);
  shapes.set(`${POSITIONS}.tile_embedding.weight`, [rows, maxTiles * tokensPerTile(vision) * width]);
  norm(NORMS.before);
  for (let block = 0; block < blockCount(vision); block++) {
    const name = blockName(block, vision);
    norm(`${name}.input_layernorm`);
    for (const projection of ["q_proj", "k_proj", "v_proj", "o_proj"])
      shapes.set(`${name}.self_attn.${projection}.weight`, [width, width]);
    norm(`${name}.post_attention_layernorm`);
    linear(`${name}.mlp.fc1`, intermediateSize, width);
    linear(`${name}.mlp.fc2`, width, intermediateSize);
    if (block >= vision.depth) shapes.set(`${name}.gate_attn`, [1]).set(`${name}.gate_ffn`, [1]);
    if (block === vision.depth - 1) {
      norm(NORMS.after);
      tiles(TILE_EMBEDDINGS.after);
    }
  }
  linear(PROJECTOR, text.hiddenSize, width * (1 + vision.featureBlocks.length));
  return new Map([...shapes, ...decoderShapes(text, DECODER)]);
}

/** All packs of a model, in the order in which they are laid out. */
export function packList({ text, vision }: MllamaConfig): Pack[] {
  const tiles = (pack: string, name: string): Pack[] => [
    [`${pack}.embedding`, [`${name}.embedding.weight`]],
    [`${pack}.gate`, [`${name}.gate`]],
  ];
  return [
    ...decoderPacks(text, DECODER),
    ["vision.patch.weight", [PATCHES]],
    ["vision.class", [CLASS]],
    ["vision.position", [`${POSITIONS}.embedding`]],
    ["vision.position.gate", [`${POSITIONS}.gate`]],
    ["vision.position.tiles", [`${POSITIONS}.tile_embedding.weight`]],
    ...tiles("vision.tilesBefore", TILE_EMBEDDINGS.before),
    ...tiles("vision.tilesAfter", TILE_EMBEDDINGS.after),
    ...biased("vision.normBefore", NORMS.before),
    ...biased("vision.normAfter", NORMS.after),
    ...Array.from({ length: blockCount(vision) }, (_, block) => blockPacks(block, vision)).flat(),
    ...biased("vision.projector", PROJECTOR),
  ];
}

function blockPacks(block: number, vision: VisionConfig): Pack[] {
  const name = (suffix: string) => `${blockName(block, vision)}.${suffix}`;
  const pack = (suffix: string) => `vision.${block}.${suffix}`;
  const gates: Pack[] = [
    [pack("attentionGate"), [name("gate_attn")]],
    [pack("feedForwardGate"), [name("gate_ffn")]],
  ];
  return [
    ...biased(pack("attentionNorm"), name("input_layernorm")),
    [
      pack("qkv.weight"),
      ["q_proj", "k_proj", "v_proj"].map((projection) => name(`self_attn.${projection}.weight`)),
    ],
    [pack("output.weight"), [name("self_attn.o_proj.weight")]],
    ...biased(pack("mlpNorm"), name("post_attention_layernorm")),
    ...biased(pack("up"), name("mlp.fc1")),
    ...biased(pack("down"), name("mlp.fc2")),
    ...(block < vision.depth ? [] : gates),
  ];
}

/** Names and shapes of a model's parameters. */
export function parameterNames(config: MllamaConfig): ParameterNames {
  return {
    shapes: parameterShapes(config),
    canonical: (name) => renamed(name, IN_MEMORY),
    module: (name) =>
      renamed(
        name,
        IN_MEMORY.map(([memory, disk]) => [disk, memory]),
      ),
    isDerived: (name) => name.endsWith("rotary_emb.inv_freq"),
    copies: new Map(),
    isVision: (name) => /^(vision_model|multi_modal_projector)\./.test(name),
    loraModule: (name) => (isBlockMatrix(name) ? "vision" : decoderModule(name, DECODER)),
    isNorm: (name) => /norm/.test(name),
    writesResidual: (name) => /o_proj|down_proj|fc2/.test(name),
  };
}

function renamed(name: string, prefixes: readonly (readonly [from: string, to: string])[]): string {
  const found = prefixes.find(([from]) => name.startsWith(from));
  return found === undefined ? name : found[1] + name.slice(found[0].length);
}

function isBlockMatrix(name: string): boolean {
  return /^vision_model\.(global_)?transformer\.layers\.\d+\.(self_attn\.[qkvo]_proj|mlp\.fc[12])\.weight$/.test(
    name,
  );
}
