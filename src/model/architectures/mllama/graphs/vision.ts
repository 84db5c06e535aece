/**
 * @module
 * The vision tower: a ViT over all tiles of an image at once, empty tiles among them, then a gated ViT. The projector
 * then maps the inputs of chosen blocks, beside the last rows, to the decoder's width.
 *
 * Rows of empty tiles, and rows that fill each tile up to a multiple of eight, attend to all other rows, and all
 * other rows attend to them. They do not attend to each other. This is how transformers runs the model.
 */
import {
  add,
  concatenate,
  expand,
  Graph,
  gatherRows,
  gelu,
  hyperbolicTangent,
  layerNorm,
  linear,
  multiply,
  reshape,
  scale,
  slice,
  split,
  subtract,
  type Tensor,
} from "../../../../tensor/index.ts";
import { affine, fromHeads, toHeads } from "../../../graph/layer.ts";
import { HIDDEN } from "../../../graph/mask.ts";
import type { VisionGraph } from "../../../graph/model-graphs.ts";
import { GraphParameters, type ParameterLayout } from "../../../graph/parameters.ts";
import { stretchedAttention } from "../../../graph/stretched-attention.ts";
import { type MllamaConfig, patchesPerSide, tokensPerTile, type VisionConfig } from "../config.ts";
import { blockCount } from "./parameter-names.ts";
import type { CanvasPlan } from "./vision-plan.ts";

/** Rows of a tile are filled up to a multiple of this. */
const ROWS = 8;
/** Of the norms before and after the first transformer; PyTorch's default. */
export const OUTER_EPSILON = 1e-5;

/** Common inputs of a run of the tower. */
interface Run {
  readonly parameters: GraphParameters;
  readonly vision: VisionConfig;
  readonly plan: CanvasPlan;
  /** F, images of one canvas. */
  readonly images: number;
}

/**
 * The whole tower. Inputs: `patches` `[F · slots, C·p·p]`, normalised pixels, zeros in empty tiles.
 *
 * @param images F, of one canvas
 */
export function visionGraph(
  { vision }: MllamaConfig,
  layout: ParameterLayout,
  plan: CanvasPlan,
  images: number,
): VisionGraph {
  const graph = new Graph();
  const parameters = new GraphParameters(graph, layout);
  const run: Run = { parameters, vision, plan, images };
  const mask = emptyMask(graph, run);
  const features: Tensor[] = [];
  const blockInputs: Tensor[] = [];
  let x = embedPatches(graph.input("patches", [images * plan.slots, patchWidth(vision)]), run);
  for (let block = 0; block < blockCount(vision); block++) {
    if (block === vision.depth) x = beforeGlobal(x, run);
    blockInputs.push(x);
    if (vision.featureBlocks.includes(block)) features.push(x);
    x = visionBlock(x, block, mask, run);
  }
  return { graph, parameters, blockInputs, embeddings: project(x, features, run) };
}

/** Numbers of a patch. */
export function patchWidth({ inChannels, patchSize }: VisionConfig): number {
  return inChannels * patchSize ** 2;
}

/** Rows of a tile, including the rows that fill it up. */
export function rowsPerTile(vision: VisionConfig): number {
  return Math.ceil(tokensPerTile(vision) / ROWS) * ROWS;
}

/** `[1, 1, S, S]` hides empty rows from each other; S rows of an image. */
function emptyMask(graph: Graph, { vision, plan }: Run): Tensor {
  const rows = rowsPerTile(vision);
  const length = vision.maxTiles * rows;
  const empty = Float32Array.from({ length }, (_, row) =>
    Math.floor(row / rows) >= plan.tiles || row % rows >= tokensPerTile(vision) ? 1 : 0,
  );
  const column = graph.constant(empty, [1, 1, length, 1]);
  return multiply(scale(column, HIDDEN), graph.constant(empty, [1, 1, 1, length]));
}

/** The canvas's row of a table, `[1, numbers]`. */
function canvasRow(pack: string, { parameters, plan }: Run): Tensor {
  const table = parameters.pack(pack);
  const place = table.graph.constant(BigInt64Array.of(BigInt(plan.canvas)), [1]);
  return gatherRows(table, place);
}

/** Adds the canvas's embedding of each tile to rows `[F, tiles, n, D]`, behind a gate. */
function addTiles(x: Tensor, pack: string, run: Run): Tensor {
  const { maxTiles, hiddenSize } = run.vision;
  const tiles = reshape(canvasRow(`${pack}.embedding`, run), [1, maxTiles, 1, hiddenSize]);
  return add(x, multiply(tiles, hyperbolicTangent(run.parameters.pack(`${pack}.gate`))));
}

/** Patches to rows `[F · tiles · rows, D]`: embedded, with a class row a tile and positions, normalised, filled up. */
function embedPatches(patches: Tensor, run: Run): Tensor {
  const { parameters, vision, images } = run;
  const { maxTiles, hiddenSize } = vision;
  const { graph } = patches;
  const tokens = tokensPerTile(vision);
  const shape = [images, maxTiles, patchesPerSide(vision) ** 2, hiddenSize];
  const embedded = reshape(linear(patches, parameters.pack("vision.patch.weight")), shape);
  const placed = addTiles(embedded, "vision.tilesBefore", run);
  const lead = reshape(parameters.pack("vision.class"), [1, 1, 1, hiddenSize]);
  const classes = expand(lead, [images, maxTiles, 1, hiddenSize]);
  const rows = add(concatenate([classes, placed], 2), positions(run));
  const flat = reshape(rows, [images * maxTiles * tokens, hiddenSize]);
  const normal = reshape(norm(flat, "vision.normBefore", OUTER_EPSILON, run), rows.shape);
  const filling = rowsPerTile(vision) - tokens;
  const size = images * maxTiles * filling * hiddenSize;
  const zeros = graph.constant(new Float32Array(size), [images, maxTiles, filling, hiddenSize]);
  return flatRows(filling === 0 ? normal : concatenate([normal, zeros], 2), run);
}

/** `[1, tiles, n, D]`: positions within a tile, and within the canvas, between which a gate chooses. */
function positions({ parameters, vision, plan, ...rest }: Run): Tensor {
  const { maxTiles, hiddenSize } = vision;
  const tokens = tokensPerTile(vision);
  const gate = hyperbolicTangent(parameters.pack("vision.position.gate"));
  const within = reshape(parameters.pack("vision.position"), [1, 1, tokens, hiddenSize]);
  const row = canvasRow("vision.position.tiles", { parameters, vision, plan, ...rest });
  const ofCanvas = reshape(row, [1, maxTiles, tokens, hiddenSize]);
  return add(multiply(within, subtract(gate.graph.scalar(1), gate)), multiply(ofCanvas, gate));
}

function flatRows(x: Tensor, { vision, images }: Run): Tensor {
  return reshape(x, [images * vision.maxTiles * rowsPerTile(vision), vision.hiddenSize]);
}

/** Rows `[F, tiles, rows, …]` of each tile apart. */
function tileRows(x: Tensor, { vision, images }: Run): Tensor {
  return reshape(x, [images, vision.maxTiles, rowsPerTile(vision), x.shape[1]!]);
}

/** From the first transformer to the global one. */
function beforeGlobal(x: Tensor, run: Run): Tensor {
  const normal = norm(x, "vision.normAfter", OUTER_EPSILON, run);
  return flatRows(addTiles(tileRows(normal, run), "vision.tilesAfter", run), run);
}

function visionBlock(x: Tensor, block: number, mask: Tensor, run: Run): Tensor {
  const { parameters, vision, images } = run;
  const { heads, hiddenSize, layerNormEpsilon } = vision;
  const name = `vision.${block}`;
  return x.graph.scope(`vision block ${block}`, () => {
    const normal = norm(x, `${name}.attentionNorm`, layerNormEpsilon, run);
    const qkv = toHeads(affine(normal, parameters, `${name}.qkv`), images, 3 * heads);
    const [query, key, value] = split(qkv, [heads, heads, heads], 1) as [Tensor, Tensor, Tensor];
    const output = stretchedAttention(query, key, value, 1 / Math.sqrt(hiddenSize / heads), mask);
    const mixed = affine(fromHeads(output), parameters, `${name}.output`);
    const attended = add(x, gated(mixed, `${name}.attentionGate`, parameters));
    const inner = norm(attended, `${name}.mlpNorm`, layerNormEpsilon, run);
    const up = gelu(affine(inner, parameters, `${name}.up`));
    return add(
      attended,
      gated(affine(up, parameters, `${name}.down`), `${name}.feedForwardGate`, parameters),
    );
  });
}

/** tanh(gate) · x where the block has a gate. */
function gated(x: Tensor, gate: string, parameters: GraphParameters): Tensor {
  return parameters.has(gate) ? multiply(x, hyperbolicTangent(parameters.pack(gate))) : x;
}

function norm(x: Tensor, pack: string, epsilon: number, { parameters }: Run): Tensor {
  return layerNorm(x, parameters.pack(`${pack}.weight`), parameters.pack(`${pack}.bias`), epsilon);
}

/**
 * To the decoder's width: `[F · tiles · n, D_text]`, without the rows that fill tiles up. After the last rows come
 * the features, number by number: number d of all of them, then number d + 1.
 */
function project(x: Tensor, features: readonly Tensor[], run: Run): Tensor {
  const { parameters, vision, images } = run;
  const { hiddenSize } = vision;
  return x.graph.scope("projector", () => {
    const columns = features.map((feature) => reshape(feature, [...feature.shape, 1]));
    const width = hiddenSize * features.length;
    const woven = columns.length === 1 ? columns[0]! : concatenate(columns, 2);
    const all = concatenate([x, reshape(woven, [x.shape[0]!, width])], 1);
    const tokens = tokensPerTile(vision);
    const kept = slice(tileRows(all, run), 2, 0, tokens);
    const rows = reshape(kept, [images * vision.maxTiles * tokens, hiddenSize + width]);
    return affine(rows, parameters, "vision.projector");
  });
}
