/**
 * @module
 * A PEFT adapter directory, both ways, and merging one into the model it belongs to.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { ModelError, RunError } from "../../errors/index.ts";
import { replaceFiles } from "../../files/index.ts";
import type { FloatType } from "../float-type.ts";
import type { ParameterNames } from "../parameters.ts";
import { readJson } from "../read-json.ts";
import { openSafetensors, readTensor } from "../safetensors.ts";
import type { Weights } from "../weights.ts";
import { safetensorsParts, type WeightTensor } from "../write-safetensors.ts";
import { adapterConfigJson, parseAdapterConfig } from "./adapter-config.ts";
import { adapterFactor, PREFIX } from "./adapter-tensors.ts";
import { type LoraShape, type LoraTarget, loraFactors, loraNames, loraScale } from "./lora-shape.ts";

const CONFIG = "adapter_config.json";
const WEIGHTS = "adapter_model.safetensors";
const OTHER_WEIGHTS = "adapter_model.bin";

/** Adapters of a model with their numbers. */
export interface LoraAdapter {
  readonly shape: LoraShape;
  /** Both factors of every target, by `loraNames`. */
  readonly tensors: ReadonlyMap<string, WeightTensor>;
}

/** Whether a directory holds an adapter. */
export function isAdapterDirectory(path: string): boolean {
  return existsSync(join(path, CONFIG));
}

/**
 * Reads a PEFT adapter directory.
 *
 * @param names of the model that it belongs to
 * @throws ModelError when a file is missing or broken, or the adapter's kind is not supported. Also when a tensor
 *   belongs to no parameter of the model, lacks its other factor or has a shape that does not fit.
 */
export function readAdapter(directory: string, names: ParameterNames): LoraAdapter {
  const path = join(directory, CONFIG);
  const { rankStabilized, alpha, rank: stated } = parseAdapterConfig(readJson(path), path);
  if (!existsSync(join(directory, WEIGHTS)) && existsSync(join(directory, OTHER_WEIGHTS)))
    throw new ModelError(
      `${directory}: expected ${WEIGHTS}, got ${OTHER_WEIGHTS}: open it with PEFT and save it again with safetensors`,
    );
  const file = openSafetensors(join(directory, WEIGHTS));
  const weights = names.shapes;
  const factors = new Map<string, { tensor: string; shape: readonly number[] }>();
  const modules = new Map<string, string>();
  for (const [tensor, { shape }] of file.tensors) {
    const { module, weight, factor } = adapterFactor(tensor, names, file.path);
    const name = loraNames(weight)[factor];
    if (factors.has(name)) throw new ModelError(`${file.path}: tensor ${tensor} is there under two names`);
    factors.set(name, { tensor, shape });
    modules.set(weight, module);
  }
  const targets = new Map<string, LoraTarget>();
  const tensors = new Map<string, WeightTensor>();
  for (const [weight, module] of modules) {
    const { a, b } = loraNames(weight);
    const rank = factors.get(a)?.shape[0] ?? factors.get(b)!.shape[1] ?? 0;
    const expected = loraFactors(weights.get(weight)!, rank);
    for (const [name, shape] of [
      [a, expected.a],
      [b, expected.b],
    ] as const) {
      const found = factors.get(name);
      if (found?.shape.join() !== shape.join()) {
        const got = found === undefined ? "no such tensor" : `[${found.shape.join(", ")}]`;
        throw new ModelError(`${file.path}: ${name}: expected [${shape.join(", ")}], got ${got}`);
      }
      tensors.set(name, { shape, data: readTensor(file, found.tensor) });
    }
    if (rank !== stated(module))
      throw new ModelError(`${path}: r: expected ${rank}, the rank of ${a}, got ${stated(module)}`);
    targets.set(weight, { rank, alpha: alpha(module) });
  }
  if (targets.size === 0) throw new ModelError(`${file.path}: expected adapters, found none`);
  return { shape: { targets, rankStabilized }, tensors };
}

/**
 * Writes a directory that PEFT opens, in the names of transformers 4.52 and later.
 *
 * @param names of the model that the adapter belongs to
 * @param base that model, a path or a name of the hub
 * @throws RunError when the disk is full or the place cannot be written; an older adapter stays
 */
export function writeAdapter(
  directory: string,
  { shape, tensors }: LoraAdapter,
  names: Pick<ParameterNames, "module">,
  base: string,
  dtype: FloatType = "F32",
): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    throw new RunError(`${directory}: cannot be made: ${(cause as Error).message}`, { cause });
  }
  const named = new Map([...tensors].map(([name, tensor]) => [`${PREFIX}${names.module(name)}`, tensor]));
  const modules = new Map(
    [...shape.targets].map(([weight, target]) => [names.module(weight).replace(/\.weight$/, ""), target]),
  );
  const json = `${JSON.stringify(adapterConfigJson(modules, shape, base), null, 2)}\n`;
  const path = join(directory, WEIGHTS);
  replaceFiles([
    { path, parts: safetensorsParts(path, named, { dtype, metadata: { format: "pt" } }) },
    { path: join(directory, CONFIG), parts: [json] },
  ]);
}

/**
 * A model's weights with an adapter merged into them, W + s·B A, one matrix at a time when it is asked for.
 *
 * @param weights of the base model
 * @returns every parameter of the model, by canonical name
 */
export function mergedWeights(
  weights: Weights,
  { shapes }: Pick<ParameterNames, "shapes">,
  adapter?: LoraAdapter,
): Map<string, WeightTensor> {
  const merged = new Map<string, WeightTensor>();
  for (const [name, shape] of shapes) {
    merged.set(name, {
      shape,
      get data() {
        const data = weights.read(name);
        const target = adapter?.shape.targets.get(name);
        if (adapter !== undefined && target !== undefined) addAdapter(data, name, target, adapter);
        return data;
      },
    });
  }
  return merged;
}

/** weight += s·B A, summed in double precision. */
function addAdapter(
  weight: Float32Array,
  name: string,
  target: LoraTarget,
  { shape, tensors }: LoraAdapter,
): void {
  const { a: nameA, b: nameB } = loraNames(name);
  const a = tensors.get(nameA)!;
  const b = tensors.get(nameB)!;
  const scale = loraScale(target, shape);
  const [rank, columns] = a.shape as [number, number];
  const row = new Float64Array(columns);
  for (let o = 0; o < b.shape[0]!; o++) {
    row.fill(0);
    for (let k = 0; k < rank; k++) {
      const factor = scale * b.data[o * rank + k]!;
      for (let i = 0; i < columns; i++) row[i]! += factor * a.data[k * columns + i]!;
    }
    for (let i = 0; i < columns; i++) weight[o * columns + i]! += row[i]!;
  }
}
