/**
 * @module
 * The vision tower for an image on any canvas; the canvas's embeddings and the mask of empty rows follow from its size
 * inside the graph.
 */
import { DynamicGraph, type Value, type WeightType } from "../../../../../tensor/index.ts";
import {
  addGated,
  affine,
  attend,
  type Build,
  gelu,
  HIDDEN_SCORE,
  layerNorm,
  parameter,
  toHeads,
} from "../../../../onnx/layers.ts";
import { type MllamaConfig, patchesPerSide, tokensPerTile } from "../../config.ts";
import { canvases } from "../../tile-canvas.ts";
import {
  blockCount,
  blockName,
  CLASS,
  NORMS,
  PATCHES,
  POSITIONS,
  PROJECTOR,
  parameterShapes,
  TILE_EMBEDDINGS,
} from "../parameter-names.ts";
import { OUTER_EPSILON, patchWidth, rowsPerTile } from "../vision.ts";

const FLOAT = 1n;

/** A tower under construction, and what of it depends on the canvas. */
interface Tower {
  readonly build: Build;
  readonly config: MllamaConfig;
  /** `[1]` the canvas's row in the tables of tiles. */
  readonly canvas: Value;
  /** `[1, 1, S, S]` */
  readonly bias: Value;
}

/**
 * Inputs: `pixel_values` `[patches, C·p·p]` of the tiles that hold the image, `grid_thw` `[3]`: 1, and rows and columns of
 * the canvas in patches.
 * Output: `image_features` `[tiles · (n + 1), D]`, of empty tiles too.
 */
export function visionModel(config: MllamaConfig, weightType: WeightType): DynamicGraph {
  const { vision, text } = config;
  const { maxTiles, hiddenSize: width } = vision;
  const graph = new DynamicGraph(weightType);
  const build: Build = { graph, shapes: parameterShapes(config) };
  const pixels = graph.input("pixel_values", "float32", ["patches", patchWidth(vision)]);
  const grid = graph.input("grid_thw", "int64", [3]);
  const tower = { build, config, ...canvasOf(graph, grid, config) };

  let x = embedPatches(tower, pixels);
  const features: Value[] = [];
  for (let block = 0; block < blockCount(vision); block++) {
    if (block === vision.depth) {
      const normal = layerNorm(build, x, NORMS.after, OUTER_EPSILON);
      x = flat(graph, addTiles(tower, tileRows(graph, normal, config), TILE_EMBEDDINGS.after), width);
    }
    if (vision.featureBlocks.includes(block))
      features.push(graph.node("Unsqueeze", [x, graph.integers([2])]));
    x = visionBlock(tower, x, block);
  }
  const woven = graph.node("Concat", features, { axis: 2n });
  const joined = graph.node("Concat", [x, graph.node("Reshape", [woven, graph.integers([0, -1])])], {
    axis: 1n,
  });
  const total = width * (1 + features.length);
  const apart = graph.node("Reshape", [joined, graph.integers([maxTiles, -1, total])]);
  const ends = [graph.integers([0]), graph.integers([tokensPerTile(vision)]), graph.integers([1])];
  const kept = flat(graph, graph.node("Slice", [apart, ...ends]), total);
  const weight = parameter(build, `${PROJECTOR}.weight`);
  const inputs = [kept, weight, parameter(build, `${PROJECTOR}.bias`)];
  graph.node("Gemm", inputs, { transB: 1n }, "image_features");
  graph.output("image_features", "float32", [maxTiles * tokensPerTile(vision), text.hiddenSize]);
  return graph;
}

/** The canvas's row, and the mask that hides empty rows from each other. */
function canvasOf(
  graph: DynamicGraph,
  grid: Value,
  { vision }: MllamaConfig,
): Pick<Tower, "canvas" | "bias"> {
  const { maxTiles } = vision;
  const one = (place: number) => graph.node("Gather", [grid, graph.integers([place])], { axis: 0n });
  const side = graph.integers([patchesPerSide(vision)]);
  const [rows, columns] = [1, 2].map((place) => graph.node("Div", [one(place), side])) as [Value, Value];
  const places = new Array<number>((maxTiles + 1) ** 2).fill(0);
  for (const [i, [down, across]] of canvases(maxTiles).entries())
    places[down * (maxTiles + 1) + across] = i + 1;
  const place = graph.node("Add", [graph.node("Mul", [rows, graph.integers([maxTiles + 1])]), columns]);
  const canvas = graph.node("Gather", [graph.integers(places), place], { axis: 0n });

  const perTile = rowsPerTile(vision);
  const length = maxTiles * perTile;
  const rowList = Array.from({ length }, (_, row) => row);
  const tileOf = graph.integers(rowList.map((row) => Math.floor(row / perTile)));
  const isHeld = graph.node("Less", [tileOf, graph.node("Mul", [rows, columns])]);
  const isReal = rowList.map((row) => (row % perTile < tokensPerTile(vision) ? 1 : 0));
  const held = graph.node("Cast", [isHeld], { to: FLOAT });
  const real = graph.node("Mul", [held, graph.floats(Float32Array.from(isReal), [length])]);
  const empty = graph.node("Sub", [graph.float(1), real]);
  const shaped = (...shape: number[]) => graph.node("Reshape", [empty, graph.integers(shape)]);
  const both = graph.node("Mul", [shaped(1, 1, -1, 1), shaped(1, 1, 1, -1)]);
  return { canvas, bias: graph.node("Mul", [both, graph.float(HIDDEN_SCORE)]) };
}

function flat(graph: DynamicGraph, x: Value, width: number): Value {
  return graph.node("Reshape", [x, graph.integers([-1, width])]);
}

/** Rows `[tiles · rows, D]` of each tile apart, `[tiles, rows, D]`. */
function tileRows(graph: DynamicGraph, x: Value, { vision }: MllamaConfig): Value {
  return graph.node("Reshape", [x, graph.integers([vision.maxTiles, -1, vision.hiddenSize])]);
}

/** Adds the canvas's embedding of each tile to `[tiles, n, D]`, behind a gate. */
function addTiles({ build, config, canvas }: Tower, x: Value, name: string): Value {
  const { graph } = build;
  const { maxTiles, hiddenSize } = config.vision;
  const row = graph.node("Gather", [parameter(build, `${name}.embedding.weight`), canvas], { axis: 0n });
  const tiles = graph.node("Reshape", [row, graph.integers([maxTiles, 1, hiddenSize])]);
  return addGated(build, x, tiles, `${name}.gate`);
}

/** Patches to rows: empty tiles after them, a class row before the rows of each tile, positions, norm, filled up. */
function embedPatches(tower: Tower, pixels: Value): Value {
  const { build, config, canvas } = tower;
  const { graph } = build;
  const { vision } = config;
  const { maxTiles, hiddenSize: width } = vision;
  const tokens = tokensPerTile(vision);
  const slots = maxTiles * patchesPerSide(vision) ** 2;
  const count = graph.node("Shape", [pixels], { start: 0n, end: 1n });
  const missing = graph.node("Sub", [graph.integers([slots]), count]);
  const filling = graph.node("Concat", [graph.integers([0, 0]), missing, graph.integers([0])], { axis: 0n });
  const patches = graph.node("Pad", [pixels, filling]);
  const embedded = graph.node("Gemm", [patches, parameter(build, PATCHES)], { transB: 1n });
  const placed = addTiles(tower, tileRows(graph, embedded, config), TILE_EMBEDDINGS.before);
  const lead = graph.node("Reshape", [parameter(build, CLASS), graph.integers([1, 1, width])]);
  const classes = graph.node("Expand", [lead, graph.integers([maxTiles, 1, width])]);
  const rows = graph.node("Concat", [classes, placed], { axis: 1n });

  const gate = graph.node("Tanh", [parameter(build, `${POSITIONS}.gate`)]);
  const rest = graph.node("Sub", [graph.float(1), gate]);
  const within = graph.node("Mul", [parameter(build, `${POSITIONS}.embedding`), rest]);
  const table = parameter(build, `${POSITIONS}.tile_embedding.weight`);
  const row = graph.node("Gather", [table, canvas], { axis: 0n });
  const ofCanvas = graph.node("Reshape", [row, graph.integers([maxTiles, tokens, width])]);
  const positions = graph.node("Add", [within, graph.node("Mul", [ofCanvas, gate])]);
  const normal = layerNorm(build, graph.node("Add", [rows, positions]), NORMS.before, OUTER_EPSILON);
  const more = rowsPerTile(vision) - tokens;
  return flat(graph, graph.node("Pad", [normal, graph.integers([0, 0, 0, 0, more, 0])]), width);
}

function visionBlock({ build, config, bias }: Tower, x: Value, block: number): Value {
  const { graph } = build;
  const { vision } = config;
  const { heads, hiddenSize, layerNormEpsilon } = vision;
  const width = hiddenSize / heads;
  const name = blockName(block, vision);
  const isGated = block >= vision.depth;
  const added = (to: Value, y: Value, gate: string) =>
    isGated ? addGated(build, to, y, `${name}.${gate}`) : graph.node("Add", [to, y]);
  const normal = layerNorm(build, x, `${name}.input_layernorm`, layerNormEpsilon);
  const lead = graph.integers([1, -1]);
  const [query, key, value] = ["q_proj", "k_proj", "v_proj"].map((projection) =>
    toHeads(graph, affine(build, normal, `${name}.self_attn.${projection}`), lead, heads, width),
  ) as [Value, Value, Value];
  const { rows } = attend(graph, query, key, value, bias, { heads, kvHeads: heads, width });
  const attended = added(x, affine(build, rows, `${name}.self_attn.o_proj`), "gate_attn");
  const inner = layerNorm(build, attended, `${name}.post_attention_layernorm`, layerNormEpsilon);
  const up = gelu(graph, affine(build, inner, `${name}.mlp.fc1`));
  return added(attended, affine(build, up, `${name}.mlp.fc2`), "gate_ffn");
}
