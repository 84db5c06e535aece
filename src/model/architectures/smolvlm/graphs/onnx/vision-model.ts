/**
 * @module
 * The vision tower for any number of tiles of one size; positions are computed from the size inside the graph.
 */
import { DynamicGraph, type Value, type WeightType } from "../../../../../tensor/index.ts";
import {
  affine,
  attend,
  type Build,
  geluTanh,
  layerNorm,
  parameter,
  toHeads,
} from "../../../../onnx/layers.ts";
import { positionsPerSide, type SmolConfig } from "../../config.ts";
import { blockName, CONNECTOR, FINAL_NORM, PATCHES, POSITIONS, parameterShapes } from "../parameter-names.ts";
import { cellBounds } from "../position-ids.ts";
import { patchWidth } from "../vision.ts";

const FLOAT = 1n;
const INT = 7n;

/**
 * Inputs: `pixel_values` `[patches, C·p·p]` ordered by tile and by token, `grid_thw` `[3]`: tiles, and rows and columns of a
 * tile in patches.
 * Output: `image_features` `[image_tokens, D]`, tile by tile in raster order.
 */
export function visionModel(config: SmolConfig, weightType: WeightType): DynamicGraph {
  const { vision, text, scaleFactor } = config;
  const graph = new DynamicGraph(weightType);
  const build: Build = { graph, shapes: parameterShapes(config) };
  const pixels = graph.input("pixel_values", "float32", ["patches", patchWidth(vision)]);
  const grid = graph.input("grid_thw", "int64", [3]);
  const tiles = graph.node("Gather", [grid, graph.integers([0])], { axis: 0n });
  const rest = graph.integers([-1]);
  const lead = graph.node("Concat", [tiles, rest], { axis: 0n });

  const table = parameter(build, POSITIONS);
  const learned = graph.node("Gather", [table, positionIds(graph, grid, config)], { axis: 0n });
  const width = graph.integers([vision.hiddenSize]);
  const apart = graph.node("Concat", [lead, width], { axis: 0n });
  const embedded = graph.node("Reshape", [affine(build, pixels, PATCHES), apart]);
  const placed = graph.node("Add", [embedded, learned]);
  let x = graph.node("Reshape", [placed, graph.integers([-1, vision.hiddenSize])]);
  for (let block = 0; block < vision.depth; block++) x = visionBlock(build, x, block, config, lead);

  const normal = layerNorm(build, x, FINAL_NORM, vision.layerNormEpsilon);
  const joined = graph.integers([-1, vision.hiddenSize * scaleFactor ** 2]);
  const tokens = graph.node("Reshape", [normal, joined]);
  graph.node("Gemm", [tokens, parameter(build, CONNECTOR)], { transB: 1n }, "image_features");
  graph.output("image_features", "float32", ["image_tokens", text.hiddenSize]);
  return graph;
}

/** `[slots]` what `../position-ids.ts` says of a tile, ordered by token. */
function positionIds(graph: DynamicGraph, grid: Value, { vision, scaleFactor }: SmolConfig): Value {
  const positions = positionsPerSide(vision);
  const side = graph.node("Squeeze", [graph.node("Gather", [grid, graph.integers([1])], { axis: 0n })]);
  const index = graph.node("Range", [graph.integer(0), side, graph.integer(1)]);
  const real = (x: Value) => graph.node("Cast", [x], { to: FLOAT });
  const step = graph.node("Div", [graph.float(1), real(side)]);
  const corner = graph.node("Min", [graph.node("Mul", [real(index), step]), graph.float(1 - 1e-6)]);
  // One bound more than there are, so that there is one: no corner is past 2.
  const bounds = Float32Array.from([...cellBounds(positions), 2]);
  const column = graph.node("Unsqueeze", [corner, graph.integers([1])]);
  const isPast = graph.node("GreaterOrEqual", [column, graph.floats(bounds, [positions])]);
  const counted = graph.node("Cast", [isPast], { to: INT });
  const cell = graph.node("ReduceSum", [counted, graph.integers([1])], { keepdims: 0n });
  const rows = graph.node("Mul", [
    graph.node("Unsqueeze", [cell, graph.integers([1])]),
    graph.integer(positions),
  ]);
  const raster = graph.node("Add", [rows, cell]);
  const groups = graph.node("Div", [side, graph.integer(scaleFactor)]);
  const one = (x: Value) => graph.node("Reshape", [x, graph.integers([1])]);
  const split = [one(groups), graph.integers([scaleFactor]), one(groups), graph.integers([scaleFactor])];
  const squares = graph.node("Reshape", [raster, graph.node("Concat", split, { axis: 0n })]);
  const ordered = graph.node("Transpose", [squares], { perm: [0, 2, 1, 3] });
  return graph.node("Reshape", [ordered, graph.integers([-1])]);
}

function visionBlock(build: Build, x: Value, block: number, { vision }: SmolConfig, lead: Value): Value {
  const { graph } = build;
  const { heads, hiddenSize, layerNormEpsilon } = vision;
  const width = hiddenSize / heads;
  const name = blockName(block);
  const normal = layerNorm(build, x, `${name}.layer_norm1`, layerNormEpsilon);
  const [query, key, value] = ["q_proj", "k_proj", "v_proj"].map((projection) =>
    toHeads(graph, affine(build, normal, `${name}.self_attn.${projection}`), lead, heads, width),
  ) as [Value, Value, Value];
  const { rows } = attend(graph, query, key, value, undefined, { heads, kvHeads: heads, width });
  const attended = graph.node("Add", [x, affine(build, rows, `${name}.self_attn.out_proj`)]);
  const inner = layerNorm(build, attended, `${name}.layer_norm2`, layerNormEpsilon);
  const up = geluTanh(graph, affine(build, inner, `${name}.mlp.fc1`));
  return graph.node("Add", [attended, affine(build, up, `${name}.mlp.fc2`)]);
}
