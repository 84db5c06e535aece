/**
 * @module
 * Writing the three graphs as files with their weights: inside the model file where they fit, else in files beside it.
 */
import { join } from "node:path";
import { ConfigError, ModelError } from "../../errors/index.ts";
import { replaceFile } from "../../files/index.ts";
import {
  type DynamicGraph,
  type ExternalData,
  encodeModelParts,
  type Initializer,
} from "../../tensor/index.ts";
import { graphsOf } from "../architectures/graphs.ts";
import type { ModelConfig } from "../config.ts";
import { storedBytes, storedParts, type WeightTensor } from "../write-safetensors.ts";
import type { OnnxFile, OnnxFiles } from "./manifest.ts";

/** Standard operators only, which onnxruntime has had since 1.17. */
export const ONNX_VERSION = { ir: 9, opsets: { "": 20 } } as const;

/** A model file, being one protobuf message, must stay below 2³¹ bytes; what is not weights takes far less than 2²⁴. */
const LARGEST = 2 ** 31 - 2 ** 24;

/** Readers may map the file into memory, so every tensor starts at a page. */
const ALIGNMENT = 4096;

/** How the graphs are written. */
export interface OnnxOptions {
  /** Element type of the stored weights, F32 unless given. The computation is in float32 either way. */
  readonly dtype?: "F32" | "F16";
  /** How many of the last layers' attention the decoder returns, mean over heads: 1 unless given, 0 for none. */
  readonly attentionLayers?: number;
  /**
   * Weights of more bytes are written to separate files, none larger than this unless one tensor is; 2³¹ − 2²⁴ unless
   * given.
   */
  readonly maxFileBytes?: number;
}

/**
 * Writes `vision.onnx`, `embedding.onnx` and `decoder.onnx`; a tied embedding is in both of the latter.
 *
 * @param weights every parameter of the model, by canonical name; read one at a time
 * @throws ConfigError when an option is out of its range
 * @throws RunError when the disk is full or the place cannot be written
 */
export function writeOnnxModels(
  directory: string,
  config: ModelConfig,
  weights: ReadonlyMap<string, WeightTensor>,
  { dtype = "F32", attentionLayers = 1, maxFileBytes = LARGEST }: OnnxOptions = {},
): OnnxFiles {
  const { layers } = config.text;
  const graphs = graphsOf(config).onnx;
  if (dtype !== "F32" && dtype !== "F16")
    throw new ConfigError(`dtype: expected F32 or F16, got ${dtype as string}`);
  if (!(Number.isInteger(attentionLayers) && attentionLayers >= 0 && attentionLayers <= layers)) {
    throw new ConfigError(
      `attention layers: expected a whole number of at most ${layers}, the model's layers, got ${attentionLayers}`,
    );
  }
  if (!(maxFileBytes > 0 && maxFileBytes <= LARGEST)) {
    throw new ConfigError(
      `largest file: expected at most ${LARGEST} bytes, which an ONNX file can hold, got ${maxFileBytes}`,
    );
  }
  const type = dtype === "F32" ? "float32" : "float16";
  const write = (file: string, graph: DynamicGraph) =>
    writeGraph(directory, file, graph, weights, { dtype, maxFileBytes });
  return {
    vision: write("vision.onnx", graphs.vision(type)),
    embedding: write("embedding.onnx", graphs.embedding(type)),
    decoder: write("decoder.onnx", graphs.decoder(type, attentionLayers)),
  };
}

type Storage = Required<Pick<OnnxOptions, "dtype" | "maxFileBytes">>;

function writeGraph(
  directory: string,
  file: string,
  graph: DynamicGraph,
  weights: ReadonlyMap<string, WeightTensor>,
  { dtype, maxFileBytes }: Storage,
): OnnxFile {
  const { inputs, outputs } = graph;
  const sizes = [...graph.weights.values()].map((shape) => storedBytes(shape, dtype));
  const isInside = sizes.reduce((total, size) => total + size, 0) <= maxFileBytes;
  const stored = isInside ? [] : externalFiles(file, graph, { dtype, maxFileBytes });
  for (const { name, tensors } of stored) {
    replaceFile(join(directory, name), externalParts(tensors, weights, dtype));
  }
  const located = new Map(stored.flatMap(({ tensors }) => [...tensors]));
  const initializers = [...graph.weights].map(([name, shape]): Initializer => {
    const tensor = { name, type: graph.weightType, shape };
    const external = located.get(name);
    return { tensor, data: external ?? joined(storedParts(name, find(weights, name), dtype)) };
  });
  const model = { inputs, outputs, nodes: graph.nodes, constants: [...graph.constants, ...initializers] };
  replaceFile(join(directory, file), encodeModelParts(model, ONNX_VERSION));
  return { file, data: stored.map(({ name }) => name), inputs, outputs };
}

/** The parts as one; a single part as it is. */
function joined(parts: Iterable<Uint8Array>): Uint8Array {
  const [first, ...rest] = parts;
  return first !== undefined && rest.length === 0
    ? first
    : Buffer.concat([first ?? new Uint8Array(), ...rest]);
}

interface ExternalFile {
  readonly name: string;
  /** By name, in the order of the file. */
  readonly tensors: Map<string, ExternalData>;
}

/** Weights in their order, cut where the next one would not fit. */
function externalFiles(
  file: string,
  { weights }: DynamicGraph,
  { dtype, maxFileBytes }: Storage,
): ExternalFile[] {
  const files: ExternalFile[] = [];
  let end = Number.POSITIVE_INFINITY;
  for (const [name, shape] of weights) {
    const length = storedBytes(shape, dtype);
    let offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    if (files.length === 0 || offset + length > maxFileBytes) {
      files.push({
        name: files.length === 0 ? `${file}.data` : `${file}.data.${files.length}`,
        tensors: new Map(),
      });
      offset = 0;
    }
    const current = files.at(-1)!;
    current.tensors.set(name, { location: current.name, offset, length });
    end = offset + length;
  }
  return files;
}

function* externalParts(
  tensors: ReadonlyMap<string, ExternalData>,
  weights: ReadonlyMap<string, WeightTensor>,
  dtype: "F32" | "F16",
): Generator<Uint8Array> {
  let at = 0;
  for (const [name, { offset, length }] of tensors) {
    yield new Uint8Array(offset - at);
    yield* storedParts(name, find(weights, name), dtype);
    at = offset + length;
  }
}

function find(weights: ReadonlyMap<string, WeightTensor>, name: string): WeightTensor {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new ModelError(`weights: no tensor ${name}`);
  return tensor;
}
