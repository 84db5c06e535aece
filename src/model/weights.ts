/**
 * @module
 * Reading the weights of a model directory, in one file or in shards, under canonical parameter names. Opening reads
 * headers only; a checkpoint may be larger than memory.
 */
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { ModelError } from "../errors/index.ts";
import { Fields } from "./json-fields.ts";
import { listed, type ParameterNames } from "./parameters.ts";
import { readJson } from "./read-json.ts";
import { openSafetensors, readTensor, readTensorInto, type SafetensorsFile } from "./safetensors.ts";
import type { TensorEntry } from "./safetensors-header.ts";

/** The weights in one file. */
export const SINGLE = "model.safetensors";
/** Which shard holds each tensor. */
export const INDEX = "model.safetensors.index.json";

/** The tensors of a model directory; numbers are read from disk when asked for. */
export interface Weights {
  /** Shape of every tensor, by canonical name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Element type on disk. */
  dtype(name: string): string;
  /**
   * The numbers of one tensor, row-major.
   *
   * @throws ModelError when there is none of that name, or it is not a float of 16 or 32 bits
   */
  read(name: string): Float32Array;
  /**
   * A range of one tensor, into an array that is filled whole.
   *
   * @param first element of the tensor that comes first; 0 unless given
   * @throws ModelError as `read`; ShapeError when the range leaves the tensor
   */
  readInto(name: string, into: Float32Array, first?: number): void;
}

/** Weights in other formats, or under other names. */
const OTHER_WEIGHTS = /\.(?:bin|pt|pth|ckpt|gguf|onnx|h5|msgpack|safetensors)$/;
/** Files that a message names. */
const NAMED = 3;

interface Located {
  readonly file: SafetensorsFile;
  /** Name within the file. */
  readonly name: string;
  readonly entry: TensorEntry;
}

/** Files and names of every tensor of the directory. */
function locate(directory: string): Located[] {
  const single = join(directory, SINGLE);
  const index = join(directory, INDEX);
  if (!existsSync(single) && !existsSync(index)) throw noWeights(directory);
  if (existsSync(single)) {
    const file = openSafetensors(single);
    return [...file.tensors].map(([name, entry]) => ({ file, name, entry }));
  }
  const map = new Fields(readJson(index), index).object("weight_map");
  const files = new Map<string, SafetensorsFile>();
  return Object.keys(map.json).map((name) => {
    const shard = map.text(name);
    if (shard !== basename(shard)) throw map.error(name, "a file name without folders");
    let file = files.get(shard);
    if (file === undefined) {
      file = openSafetensors(join(directory, shard));
      files.set(shard, file);
    }
    const entry = file.tensors.get(name);
    if (entry === undefined)
      throw new ModelError(`${file.path}: no tensor ${name}, which ${INDEX} places there`);
    return { file, name, entry };
  });
}

/** The error of a directory that has weights in no file that is read here. */
function noWeights(directory: string): ModelError {
  const others = existsSync(directory)
    ? readdirSync(directory).filter((name) => OTHER_WEIGHTS.test(name))
    : [];
  const got =
    others.length === 0
      ? "neither"
      : `${listed(others, NAMED)}: open the model with transformers and save it again, with safetensors`;
  return new ModelError(
    `${join(directory, SINGLE)}: expected this file, or ${INDEX} with its shards, got ${got}`,
  );
}

/**
 * Opens `model.safetensors`, or the shards of `model.safetensors.index.json`.
 *
 * @param names of the model's architecture
 * @throws ModelError when neither is there, a file is broken, or two tensors are the same parameter
 */
export function readWeights(directory: string, { canonical }: Pick<ParameterNames, "canonical">): Weights {
  const located = new Map<string, Located>();
  for (const tensor of locate(directory)) {
    const name = canonical(tensor.name);
    const other = located.get(name);
    if (other !== undefined) {
      throw new ModelError(
        `${directory}: tensors ${other.name} and ${tensor.name} are the same parameter ${name}`,
      );
    }
    located.set(name, tensor);
  }
  const find = (name: string): Located => {
    const tensor = located.get(name);
    if (tensor === undefined) throw new ModelError(`${directory}: no tensor ${name}`);
    return tensor;
  };
  return {
    shapes: new Map([...located].map(([name, { entry }]) => [name, entry.shape])),
    dtype: (name) => find(name).entry.dtype,
    read: (name) => {
      const tensor = find(name);
      return readTensor(tensor.file, tensor.name);
    },
    readInto: (name, into, first) => {
      const tensor = find(name);
      readTensorInto(tensor.file, tensor.name, into, first);
    },
  };
}
