/**
 * @module
 * The decoder of `graph/self-attention-decoder.ts` with its cache: any number of new tokens after any number
 * of earlier tokens. A prompt is one run with an empty cache, each further token one run more. Some of its layers may
 * read images by cross-attention instead.
 */
import { DynamicGraph, type Shape, type Value, type WeightType } from "../../tensor/index.ts";
import { imageTokenWidth, type TextConfig } from "../config.ts";
import { isCrossAttention } from "../graph/cross-attention.ts";
import type { RotaryFrequencies } from "../graph/model-graphs.ts";
import { crossAttentionLayer, imageStep } from "./cross-attention.ts";
import {
  type Angles,
  affine,
  attend,
  type Build,
  gatedLayers,
  HIDDEN_SCORE,
  parameter,
  rmsNorm,
  rotate,
  toHeads,
} from "./layers.ts";
import { sineAndCosine } from "./sine-cosine.ts";

const FLOAT = 1n;
const BOOL = 9n;

/** The decoder to export. */
export interface ExportedDecoder {
  readonly text: TextConfig;
  /** Shapes of the model's parameters. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** The prefix of the names of the decoder's parameters. */
  readonly prefix: string;
  /** The module of the head, where it is not tied; `lm_head` unless given. */
  readonly head?: string;
  readonly rotary: RotaryFrequencies;
}

/**
 * Inputs: `inputs_embeds` `[batch, sequence, (1 + K)·D]`, of which K·D are added after the first K layers;
 * `attention_mask` `[batch, total]` of earlier and new tokens (1 real, 0 padding); `position_ids` `[components,
 * batch, sequence]`. Also `num_logits_to_keep` `[]` (rows of logits counted from the end; 0 for all), and per layer
 * `past_key_values.i.key` and `.value` `[batch, H_kv, past, d]`. Outputs: `logits` `[batch, kept, V]`,
 * `present.i.key` and `.value` `[batch, H_kv, total, d]`, and with layers > 0 `attention` `[batch, layers, sequence,
 * total]`: of the last `layers` layers, mean over heads. With layers of cross-attention also the inputs of `imageStep`;
 * their caches hold `[batch, H_kv, keys, d]` of images.
 */
export function decoderModel(
  decoder: ExportedDecoder,
  weightType: WeightType,
  attentionLayers: number,
): DynamicGraph {
  const { text, shapes, rotary } = decoder;
  const graph = new DynamicGraph(weightType);
  const build: Build = { graph, shapes };
  const components = Math.max(...rotary.component) + 1;
  const width = imageTokenWidth(text);
  const embeddings = graph.input("inputs_embeds", "float32", ["batch", "sequence", width]);
  const mask = graph.input("attention_mask", "int64", ["batch", "total"]);
  const positions = graph.input("position_ids", "int64", [components, "batch", "sequence"]);
  const kept = graph.input("num_logits_to_keep", "int64", []);
  const lead = graph.node("Shape", [embeddings], { start: 0n, end: 2n });
  const step: Step = {
    lead,
    bias: causalBias(graph, mask, lead),
    angles: rotaryAngles(graph, positions, rotary),
  };
  const attentions: Value[] = [];
  const rows = graph.node("Reshape", [embeddings, graph.integers([-1, width])]);
  const sizes = new Array<number>(width / text.hiddenSize).fill(text.hiddenSize);
  const [first, ...later] = sizes.length === 1 ? [rows] : graph.split(rows, sizes, 1);
  const images = text.crossAttentionLayers && imageStep(graph, text);
  let x = first!;
  for (let layer = 0; layer < text.layers; layer++) {
    if (images !== undefined && isCrossAttention(text, layer)) {
      x = crossAttentionLayer(build, x, layer, decoder.prefix, text, lead, images);
      continue;
    }
    const { y, probabilities } = decoderLayer(build, x, layer, decoder, step);
    const more = later[layer];
    x = more === undefined ? y : graph.node("Add", [y, more]);
    if (layer >= text.layers - attentionLayers) {
      attentions.push(graph.node("ReduceMean", [probabilities, graph.integers([1])], { keepdims: 1n }));
    }
  }
  logits(build, x, lead, kept, decoder);
  if (attentions.length > 0) {
    graph.node("Concat", attentions, { axis: 1n }, "attention");
    graph.output("attention", "float32", ["batch", attentions.length, "sequence", "total"]);
  }
  return graph;
}

/** Common inputs of all layers of a run. */
interface Step {
  /** `[2]` batch and sequence. */
  readonly lead: Value;
  /** `[batch, 1, sequence, total]` */
  readonly bias: Value;
  readonly angles: Angles;
}

function decoderLayer(
  build: Build,
  x: Value,
  layer: number,
  { text, prefix }: ExportedDecoder,
  step: Step,
): { readonly y: Value; readonly probabilities: Value } {
  const { graph } = build;
  const { heads, kvHeads, headDim, rmsNormEpsilon } = text;
  const name = `${prefix}.layers.${layer}`;
  const normal = rmsNorm(build, x, `${name}.input_layernorm`, rmsNormEpsilon);
  const projected = (projection: string, count: number) =>
    toHeads(graph, affine(build, normal, `${name}.self_attn.${projection}`), step.lead, count, headDim);
  const rotated = (kind: "q" | "k", count: number) => {
    const apart = projected(`${kind}_proj`, count);
    const norm = `${name}.self_attn.${kind}_norm`;
    const even = build.shapes.has(`${norm}.weight`) ? rmsNorm(build, apart, norm, rmsNormEpsilon) : apart;
    return rotate(graph, even, step.angles, headDim);
  };
  const query = rotated("q", heads);
  const newKey = rotated("k", kvHeads);
  const key = extendCache(graph, newKey, `${layer}.key`, kvHeads, headDim);
  const value = extendCache(graph, projected("v_proj", kvHeads), `${layer}.value`, kvHeads, headDim);
  const { rows, probabilities } = attend(graph, query, key, value, step.bias, {
    heads,
    kvHeads,
    width: headDim,
  });
  const attended = graph.node("Add", [x, affine(build, rows, `${name}.self_attn.o_proj`)]);
  const inner = rmsNorm(build, attended, `${name}.post_attention_layernorm`, rmsNormEpsilon);
  return {
    y: graph.node("Add", [attended, gatedLayers(build, inner, `${name}.mlp`)]),
    probabilities,
  };
}

/** Earlier and new keys or values, which a run also returns. */
function extendCache(graph: DynamicGraph, fresh: Value, name: string, heads: number, width: number): Value {
  const past = graph.input(`past_key_values.${name}`, "float32", ["batch", heads, "past", width]);
  const present = graph.node("Concat", [past, fresh], { axis: 2n }, `present.${name}`);
  graph.output(present, "float32", ["batch", heads, "total", width]);
  return present;
}

/** 0 where new token i may look at key j, which is real and not later than i itself; `[batch, 1, sequence, total]`. */
function causalBias(graph: DynamicGraph, mask: Value, lead: Value): Value {
  const scalar = (vector: Value) => graph.node("Squeeze", [vector]);
  const total = scalar(graph.node("Shape", [mask], { start: 1n, end: 2n }));
  const sequence = graph.node("Gather", [lead, graph.integer(1)], { axis: 0n });
  const past = graph.node("Sub", [total, sequence]);
  const range = (from: Value) => graph.node("Range", [from, total, graph.integer(1)]);
  const query = graph.node("Unsqueeze", [range(past), graph.integers([1])]);
  const isEarlier = graph.node("LessOrEqual", [range(graph.integer(0)), query]);
  const isReal = graph.node("Unsqueeze", [graph.node("Cast", [mask], { to: BOOL }), graph.integers([1, 2])]);
  return graph.node("Where", [
    graph.node("And", [isEarlier, isReal]),
    graph.float(0),
    graph.float(HIDDEN_SCORE),
  ]);
}

/** Angles of the positions, each frequency following one component. */
function rotaryAngles(graph: DynamicGraph, positions: Value, rotary: RotaryFrequencies): Angles {
  const component = graph.integers([...rotary.component]);
  const followed = graph.node("Gather", [positions, component], { axis: 0n });
  const last = graph.node("Transpose", [followed], { perm: [1, 2, 0] });
  const frequencies = graph.floats(rotary.frequencies, [rotary.frequencies.length]);
  const angles = graph.node("Mul", [graph.node("Cast", [last], { to: FLOAT }), frequencies]);
  return sineAndCosine(graph, graph.node("Unsqueeze", [angles, graph.integers([1])]));
}

/** Logits of the last `kept` rows; a slice from −0 is a slice from 0, so 0 keeps all. */
function logits(build: Build, x: Value, lead: Value, kept: Value, decoder: ExportedDecoder): void {
  const { text, prefix, head: module = "lm_head" } = decoder;
  const { graph } = build;
  const width = graph.integers([text.hiddenSize]);
  const apart = graph.node("Reshape", [x, graph.node("Concat", [lead, width], { axis: 0n })]);
  const start = graph.node("Reshape", [graph.node("Neg", [kept]), graph.integers([1])]);
  const end = graph.integers([2 ** 31 - 1]);
  const last = graph.node("Slice", [apart, start, end, graph.integers([1])]);
  const rows = graph.node("Reshape", [last, graph.integers([-1, text.hiddenSize])]);
  const normal = rmsNorm(build, rows, `${prefix}.norm`, text.rmsNormEpsilon);
  const head = text.tieWordEmbeddings ? `${prefix}.embed_tokens.weight` : `${module}.weight`;
  const flat = graph.node("Gemm", [normal, parameter(build, head)], { transB: 1n });
  const batch = graph.node("Gather", [lead, graph.integers([0])], { axis: 0n });
  const shape = graph.node("Concat", [batch, graph.integers([-1, text.vocabSize])], { axis: 0n });
  graph.node("Reshape", [flat, shape], {}, "logits");
  graph.output("logits", "float32", ["batch", "kept", text.vocabSize]);
}
