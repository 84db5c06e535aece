/**
 * @module
 * Writing the weights of a model directory: one file, or shards with an index, as transformers does.
 */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ConfigError, RunError } from "../errors/index.ts";
import { replaceFiles } from "../files/index.ts";
import type { FloatType } from "./float-type.ts";
import { INDEX, SINGLE } from "./weights.ts";
import { safetensorsParts, storedBytes, type WeightTensor } from "./write-safetensors.ts";

/** Largest shard by default, in bytes. */
const MAX_SHARD_BYTES = 5e9;

/** Names of shards, as Fovea and transformers write them. */
const SHARD = /^model-\d{5}-of-\d{5}\.safetensors$/;

/** How weights are stored. */
export interface StorageOptions {
  /** Element type; F32 unless given. */
  readonly dtype?: FloatType;
  /** A file of more bytes of numbers is split between tensors; 5e9 unless given. */
  readonly maxShardBytes?: number;
}

/**
 * Writes weights under the given names, readable by transformers. All files are written beside the old files before
 * the first of them replaces an old file; other files of the old checkpoint are removed last.
 *
 * @throws ConfigError when `maxShardBytes` is not positive
 * @throws RunError when the disk is full or the place cannot be written; the old weights stay
 */
export function writeWeights(
  directory: string,
  tensors: ReadonlyMap<string, WeightTensor>,
  { dtype = "F32", maxShardBytes = MAX_SHARD_BYTES }: StorageOptions = {},
): void {
  if (!(maxShardBytes > 0)) {
    throw new ConfigError(`maxShardBytes: expected a positive number of bytes, got ${maxShardBytes}`);
  }
  const shards = shardsOf(tensors, dtype, maxShardBytes);
  const name = (shard: number) => (shards.length === 1 ? SINGLE : shardName(shard + 1, shards.length));
  const files = shards.map((shard, i) => {
    const path = join(directory, name(i));
    return { path, parts: safetensorsParts(path, shard, { dtype, metadata: { format: "pt" } }) };
  });
  const index = { path: join(directory, INDEX), parts: [indexJson(shards, name, dtype)] };
  replaceFiles(shards.length === 1 ? files : [...files, index]);
  removeStale(directory, new Set(shards.map((_, i) => name(i))));
}

/** Tensors in their order, cut where the next one would not fit. */
function shardsOf(
  tensors: ReadonlyMap<string, WeightTensor>,
  dtype: FloatType,
  maxShardBytes: number,
): Map<string, WeightTensor>[] {
  let shard = new Map<string, WeightTensor>();
  let filled = 0;
  const shards = [shard];
  for (const [name, tensor] of tensors) {
    const bytes = storedBytes(tensor.shape, dtype);
    if (shard.size > 0 && filled + bytes > maxShardBytes) {
      shard = new Map();
      filled = 0;
      shards.push(shard);
    }
    shard.set(name, tensor);
    filled += bytes;
  }
  return shards;
}

function shardName(number: number, count: number): string {
  const padded = (n: number) => String(n).padStart(5, "0");
  return `model-${padded(number)}-of-${padded(count)}.safetensors`;
}

function indexJson(
  shards: readonly ReadonlyMap<string, WeightTensor>[],
  name: (shard: number) => string,
  dtype: FloatType,
): string {
  const placed = shards.flatMap((shard, i) => [...shard.keys()].map((tensor) => [tensor, name(i)] as const));
  const sizes = shards.flatMap((shard) => [...shard.values()].map(({ shape }) => storedBytes(shape, dtype)));
  const json = {
    metadata: { total_size: sizes.reduce((total, size) => total + size, 0) },
    weight_map: Object.fromEntries(placed),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** One file is read before an index, so the index goes before the shards it names. */
function removeStale(directory: string, kept: ReadonlySet<string>): void {
  try {
    if (kept.has(SINGLE)) rmSync(join(directory, INDEX), { force: true });
    for (const file of readdirSync(directory)) {
      if ((file === SINGLE || SHARD.test(file)) && !kept.has(file)) rmSync(join(directory, file));
    }
  } catch (cause) {
    throw new RunError(`${directory}: old weights cannot be removed: ${(cause as Error).message}`, { cause });
  }
}
