/**
 * @module
 * Where each parameter lies in one flat buffer, and how a graph reaches it.
 *
 * Queries and keys, which are rotated alike, lie side by side, so that a graph sees them as one matrix, a "pack",
 * without a copy. Files on disk keep Hugging Face's names and shapes.
 */
import {
  add,
  concatenate,
  elementCount,
  type Graph,
  linear,
  type Shape,
  scale,
  split,
  type Tensor,
} from "../../tensor/index.ts";
import { type LoraShape, loraFactors, loraNames, loraScale } from "../lora/lora-shape.ts";
import type { ParameterNames } from "../parameters.ts";

/** One named parameter, or several side by side. Offsets and sizes are in elements. */
export interface ParameterView {
  readonly name: string;
  readonly shape: Shape;
  readonly offset: number;
  readonly size: number;
}

/** A parameter as a graph reads it: in the buffer of trained parameters, or in the buffer of frozen parameters. */
export interface PackView extends ParameterView {
  readonly isFrozen: boolean;
}

/** One member of a pack with its adapter, if it has one. */
interface PackMember {
  /** Rows of the pack that are its own. */
  readonly rows: number;
  readonly adapter?: { readonly a: string; readonly b: string; readonly scale: number };
}

export interface ParameterLayout {
  /** Elements of what is trained: all parameters, or adapters and value head where there are adapters. */
  readonly size: number;
  /** Elements of what is frozen: the model's own parameters where there are adapters, else nothing. */
  readonly frozenSize: number;
  /** Trained parameters, by Hugging Face name. */
  readonly parameters: ReadonlyMap<string, ParameterView>;
  /** Frozen parameters, by Hugging Face name. */
  readonly frozen: ReadonlyMap<string, ParameterView>;
  /** Parameters as graphs read them, by pack name. */
  readonly packs: ReadonlyMap<string, PackView>;
  /** Members of the linear layers that are adapted, by the layer's name. */
  readonly adapted: ReadonlyMap<string, readonly PackMember[]>;
  /** Whether the vision tower has anything to learn. */
  readonly trainsVision: boolean;
}

/**
 * Pack name and the parameters in it, stacked along their first axis. The decoder's graphs read `embedding`, `norm`,
 * `head` where it is not tied, and `layer.<n>.<part>`; the vision tower's names are its architecture's own, with those
 * of block n beginning with `vision.<n>.`, as streaming expects.
 */
export type Pack = readonly [pack: string, members: readonly string[]];

/** Names of the value head's parameters begin with this; Hugging Face's model has none of them. */
export const VALUE_HEAD = "value_head.";

/** Parts beside Hugging Face's model. */
export interface LayoutOptions {
  /** A linear layer from the final norm to one number, `value_head.weight` `[1, D]` and `value_head.bias` `[1]`. */
  readonly valueHead?: boolean;
  /** Low-rank adapters; the model's own parameters are frozen then. */
  readonly lora?: LoraShape | undefined;
}

/**
 * Lays all trained parameters of a model out in one buffer, the value head's last; frozen parameters have a separate
 * buffer.
 */
export function parameterLayout(
  { names, packs: own }: { readonly names: ParameterNames; readonly packs: readonly Pack[] },
  { valueHead = false, lora }: LayoutOptions = {},
): ParameterLayout {
  const shapes = new Map<string, Shape>(names.shapes);
  const extras: Pack[] = lora === undefined ? [] : adapterPacks(lora, shapes);
  if (valueHead) {
    shapes.set(`${VALUE_HEAD}weight`, [1, hiddenSize(own, shapes)]);
    shapes.set(`${VALUE_HEAD}bias`, [1]);
    extras.push(...biased("value", VALUE_HEAD.slice(0, -1)));
  }
  const packs = new Map<string, PackView>();
  const frozen = new Map<string, ParameterView>();
  const parameters = new Map<string, ParameterView>();
  const frozenSize = lora === undefined ? 0 : lay(own, shapes, frozen, packs, true);
  const size = lay(lora === undefined ? [...own, ...extras] : extras, shapes, parameters, packs, false);
  const adapted = lora === undefined ? new Map() : adaptedLayers(own, lora, shapes);
  const trainsVision = [...parameters.keys()].some((name) => names.isVision(name));
  return { size, frozenSize, parameters, frozen, packs, adapted, trainsVision };
}

/** D, the width of the final norm. */
function hiddenSize(packs: readonly Pack[], shapes: ReadonlyMap<string, Shape>): number {
  const [, [norm]] = packs.find(([pack]) => pack === "norm")! as [string, [string]];
  return shapes.get(norm)![0]!;
}

/** Lays packs out one after another. @returns elements in all */
function lay(
  list: readonly Pack[],
  shapes: ReadonlyMap<string, Shape>,
  parameters: Map<string, ParameterView>,
  packs: Map<string, PackView>,
  isFrozen: boolean,
): number {
  let offset = 0;
  for (const [pack, members] of list) {
    const start = offset;
    for (const name of members) {
      const shape = shapes.get(name)!;
      const size = elementCount(shape);
      parameters.set(name, { name, shape, offset, size });
      offset += size;
    }
    const shape = packShape(members.map((name) => shapes.get(name)!));
    packs.set(pack, { name: pack, shape, offset: start, size: offset - start, isFrozen });
  }
  return offset;
}

/** A pack for each factor of each adapter, under the factor's name; adds their shapes. */
function adapterPacks({ targets }: LoraShape, shapes: Map<string, Shape>): Pack[] {
  return [...targets].flatMap(([weight, { rank }]) => {
    const { a, b } = loraNames(weight);
    const factors = loraFactors(shapes.get(weight)!, rank);
    shapes.set(a, factors.a).set(b, factors.b);
    return [
      [a, [a]],
      [b, [b]],
    ] satisfies Pack[];
  });
}

function adaptedLayers(list: readonly Pack[], lora: LoraShape, shapes: ReadonlyMap<string, Shape>) {
  const adapted = new Map<string, readonly PackMember[]>();
  for (const [pack, members] of list) {
    if (members.some((name) => lora.targets.has(name))) {
      const member = (name: string): PackMember => {
        const rows = shapes.get(name)![0]!;
        const target = lora.targets.get(name);
        return target === undefined
          ? { rows }
          : { rows, adapter: { ...loraNames(name), scale: loraScale(target, lora) } };
      };
      adapted.set(pack.replace(/\.weight$/, ""), members.map(member));
    }
  }
  return adapted;
}

/** Stacked along the first axis; a convolution's kernel counts as the matrix it is on patches. */
function packShape(shapes: readonly Shape[]): Shape {
  const rows = shapes.reduce((total, shape) => total + shape[0]!, 0);
  const columns = elementCount(shapes[0]!.slice(1));
  return shapes[0]!.length === 1 ? [rows] : [rows, columns];
}

/** Packs of a linear layer with a bias, or of several side by side. */
export function biased(pack: string, ...members: string[]): Pack[] {
  return [
    [`${pack}.weight`, members.map((name) => `${name}.weight`)],
    [`${pack}.bias`, members.map((name) => `${name}.bias`)],
  ];
}

/** Declares the packs that a graph uses as its inputs, on first use. */
export class GraphParameters {
  readonly #graph: Graph;
  readonly #layout: ParameterLayout;
  readonly #used = new Map<string, Tensor>();

  constructor(graph: Graph, layout: ParameterLayout) {
    this.#graph = graph;
    this.#layout = layout;
  }

  /** Whether there is such a pack: a linear layer may have no bias. */
  has(name: string): boolean {
    return this.#layout.packs.has(name);
  }

  /** The pack as a graph input of the same name. */
  pack(name: string): Tensor {
    const known = this.#used.get(name);
    if (known !== undefined) {
      return known;
    }
    const view = this.#layout.packs.get(name);
    if (view === undefined) {
      throw this.#graph.shapeError("parameter", `no pack named "${name}"`);
    }
    const tensor = this.#graph.input(name, view.shape);
    this.#used.set(name, tensor);
    return tensor;
  }

  /** Rows `x` times the matrix of a pack, plus the bias of another. */
  product(x: Tensor, weight: string, bias?: string): Tensor {
    return linear(x, this.pack(weight), bias === undefined ? undefined : this.pack(bias));
  }

  /** The output `y` of a linear layer for rows `x`, with what its adapters add. */
  adapted(x: Tensor, y: Tensor, layer: string): Tensor {
    const members = this.#layout.adapted.get(layer);
    if (members === undefined) return y;
    const added = members.map(
      ({ adapter }) =>
        adapter && scale(linear(linear(x, this.pack(adapter.a)), this.pack(adapter.b)), adapter.scale),
    );
    if (added.every((part) => part !== undefined)) {
      return add(y, added.length === 1 ? added[0]! : concatenate(added, 1));
    }
    const parts = split(
      y,
      members.map(({ rows }) => rows),
      1,
    );
    return concatenate(
      parts.map((part, i) => (added[i] === undefined ? part : add(part, added[i]))),
      1,
    );
  }

  /** All packs used so far, by name. */
  get used(): ReadonlyMap<string, Tensor> {
    return this.#used;
  }
}
