/**
 * @module
 * Keys and values while decoding that stay on a graphics adapter: prompts' as the prefill left them, completions' as each step
 * returns them, with its own in its slot.
 */
import type { BatchShape } from "../../../model/graph/index.ts";
import type { TextConfig } from "../../../model/index.ts";
import {
  add,
  concatenate,
  type DeviceArray,
  Graph,
  gatherRows,
  multiply,
  type Program,
  type Results,
  reshape,
  type Shape,
  subtract,
  type Tensor,
} from "../../../tensor/index.ts";
import type { ProgramCache } from "../program-cache.ts";
import type { StepCache } from "../sampling/decode-cache.ts";
import { ResidentPacks } from "./resident-packs.ts";

const PROMPT = ["promptKey", "promptValue"] as const;
const COMPLETION = ["cacheKey", "cacheValue"] as const;

/** A layer's array on its name, the shape that it has in a batch. */
type Shapes = ReadonlyMap<string, Shape>;

export class DeviceDecodeCache implements StepCache {
  readonly #config: TextConfig;
  readonly #programs: ProgramCache;
  readonly #arrays: ResidentPacks;
  #shape: BatchShape;

  private constructor(config: TextConfig, programs: ProgramCache, shape: BatchShape, arrays: ResidentPacks) {
    this.#config = config;
    this.#programs = programs;
    this.#shape = shape;
    this.#arrays = arrays;
  }

  /** @param prefill its resident outputs, `key.<layer>` and `value.<layer>`, which are the cache's from now on */
  static async open(
    config: TextConfig,
    programs: ProgramCache,
    shape: BatchShape,
    prefill: Readonly<Record<string, DeviceArray>>,
  ): Promise<DeviceDecodeCache> {
    const completions = shapesOf(config, shape, COMPLETION);
    const { program } = await programs.get(`empty ${JSON.stringify(shape)}`, async () => {
      const graph = new Graph();
      const zero = graph.input("zero", [1]);
      const fill = (size: Shape) => graph.single("Expand", [zero, graph.integers(size)], size);
      const outputs = Object.fromEntries([...completions].map(([name, size]) => [name, fill(size)]));
      return { program: await programs.compile(graph, outputs, { resident: [...completions.keys()] }) };
    });
    const { device } = await program.runThere({ zero: Float32Array.of(0) });
    const renamed = Object.entries(prefill).map(([name, array]) => [
      name.replace(/^key/, "promptKey").replace(/^value/, "promptValue"),
      array,
    ]);
    return new DeviceDecodeCache(
      config,
      programs,
      shape,
      new ResidentPacks({ ...device, ...Object.fromEntries(renamed) }),
    );
  }

  get shape(): BatchShape {
    return this.#shape;
  }

  feeds(slot: number) {
    const slots = new Float32Array(this.#shape.completionLength);
    slots[slot] = 1;
    return { ...this.#arrays.all, slots };
  }

  append(_slot: number, { device }: Results): void {
    for (const [name, array] of Object.entries(device)) this.#arrays.put(name, array);
  }

  async reshape(shape: BatchShape, prompts: readonly number[], rows: readonly number[]): Promise<void> {
    const program = await this.#moving(shape);
    // A place for nothing takes what there is first: nobody reads it.
    const places = (list: readonly number[]) =>
      BigInt64Array.from(list, (place) => BigInt(Math.max(0, place)));
    const { device } = await program.runThere({
      ...this.#arrays.all,
      prompts: places(prompts),
      rows: places(rows),
    });
    this.append(0, { host: {}, device });
    this.#shape = shape;
  }

  dispose(): void {
    this.#arrays.dispose();
  }

  async #moving(to: BatchShape): Promise<Program> {
    const from = this.#shape;
    const { program } = await this.#programs.get(`move ${JSON.stringify([from, to])}`, async () => {
      const graph = new Graph();
      const prompts = graph.input("prompts", [to.prompts], "int64");
      const rows = graph.input("rows", [to.prompts * to.groupSize], "int64");
      const outputs: Record<string, Tensor> = {};
      for (const [name, size] of shapesOf(this.#config, from, PROMPT)) {
        outputs[name] = gathered(graph.input(name, size), prompts);
      }
      const longer = to.completionLength - from.completionLength;
      for (const [name, size] of shapesOf(this.#config, from, COMPLETION)) {
        const kept = gathered(graph.input(name, size), rows);
        const more = kept.shape.with(2, longer);
        const empty = () => graph.single("Expand", [graph.scalar(0), graph.integers(more)], more);
        outputs[name] = longer === 0 ? kept : concatenate([kept, empty()], 2);
      }
      return { program: await this.#programs.compile(graph, outputs, { resident: Object.keys(outputs) }) };
    });
    return program as Program;
  }
}

/**
 * A step's outputs that are the cache after it: the keys and values of earlier tokens, and the step's own where the input `slots`
 * `[T]` is 1.
 */
export function appendedCache(
  graph: Graph,
  keys: readonly (Tensor | undefined)[],
  values: readonly (Tensor | undefined)[],
): Record<string, Tensor> {
  const length = graph.inputs.get("cacheKey.0")!.shape[2]!;
  const here = reshape(graph.input("slots", [length]), [length, 1]);
  const kept = subtract(graph.scalar(1), here);
  const appended = (name: string, own: Tensor) =>
    add(multiply(graph.inputs.get(name)!, kept), multiply(own, here));
  return Object.fromEntries(
    keys.flatMap((key, layer) => {
      const value = values[layer];
      if (key === undefined || value === undefined) return [];
      return [
        [`cacheKey.${layer}`, appended(`cacheKey.${layer}`, key)],
        [`cacheValue.${layer}`, appended(`cacheValue.${layer}`, value)],
      ];
    }),
  );
}

function shapesOf(
  { layers, kvHeads, headDim }: TextConfig,
  { prompts, groupSize, promptLength, completionLength }: BatchShape,
  names: readonly string[],
): Shapes {
  const isPrompt = names === PROMPT;
  const shape = isPrompt
    ? [prompts, kvHeads, promptLength, headDim]
    : [prompts * groupSize, kvHeads, completionLength, headDim];
  const all = Array.from({ length: layers }, (_, layer) => names.map((name) => `${name}.${layer}`)).flat();
  return new Map(all.map((name) => [name, shape]));
}

/** Blocks of the first axis. */
function gathered(a: Tensor, places: Tensor): Tensor {
  const [count, ...rest] = a.shape as [number, ...number[]];
  const size = rest.reduce((product, each) => product * each, 1);
  return reshape(gatherRows(reshape(a, [count, size]), places), [places.shape[0]!, ...rest]);
}
