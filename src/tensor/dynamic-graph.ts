/**
 * @module
 * A graph whose sizes are known only at run time, for exported models. It has standard ONNX operators, and weights
 * that are named now and filled in when the file is written. Nothing checks shapes here; the runtime does when it
 * opens the model. For computations of Fovea's own, with shapes checked and gradients, see `graph.ts`.
 */
import { ShapeError } from "../errors/index.ts";
import type { Attribute, Node } from "./graph.ts";
import type { Dimension, ElementType, Initializer, OnnxValue } from "./onnx.ts";
import { elementCount, formatShape, type Shape } from "./shape.ts";

/** A value in a dynamic graph: its name. */
export type Value = string;

/** Element types that weights can be stored in; the computation is in float32 either way. */
export type WeightType = "float32" | "float16";

/** Builds one computation. */
export class DynamicGraph {
  readonly inputs: OnnxValue[] = [];
  readonly outputs: OnnxValue[] = [];
  readonly nodes: Node[] = [];
  /** Small constants of the computation itself. */
  readonly constants: Initializer[] = [];
  /** Shapes of the weights, by name, in the order of their first use. */
  readonly weights = new Map<string, Shape>();
  readonly weightType: WeightType;
  readonly #known = new Map<string, Value>();
  #nextId = 0;

  constructor(weightType: WeightType = "float32") {
    this.weightType = weightType;
  }

  /** Declares a value that is fed at every run; a dimension that is a name may differ from run to run. */
  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    this.inputs.push({ name, type, shape });
    return name;
  }

  /** Declares that the value of this name is returned. */
  output(name: Value, type: ElementType, shape: readonly Dimension[]): void {
    this.outputs.push({ name, type, shape });
  }

  /** A weight, whose numbers come when the file is written; as float32 to what follows. */
  weight(name: string, shape: Shape): Value {
    return this.#once(`weight ${name}`, () => {
      this.weights.set(name, shape);
      return this.weightType === "float32" ? name : this.node("Cast", [name], { to: 1n });
    });
  }

  /** A float constant of rank 0. */
  float(value: number): Value {
    return this.#once(`float ${value}`, () => this.floats(Float32Array.of(value), []));
  }

  floats(data: Float32Array, shape: Shape): Value {
    return this.#constant("float32", data, shape);
  }

  /** An integer constant of rank 0. */
  integer(value: number): Value {
    return this.#once(`integer ${value}`, () => this.#constant("int64", BigInt64Array.of(BigInt(value)), []));
  }

  /** An integer list, as ONNX wants shapes and axes. */
  integers(values: readonly number[]): Value {
    return this.#once(`integers ${values.join()}`, () =>
      this.#constant("int64", BigInt64Array.from(values, BigInt), [values.length]),
    );
  }

  /** A node with one output, under the name given or one of the graph's own. */
  node(
    operator: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
    name: Value = this.#fresh(),
  ): Value {
    this.nodes.push({ operator, domain: "", inputs, outputs: [name], attributes });
    return name;
  }

  /** Parts of a value along an axis, of sizes known now. */
  split(x: Value, sizes: readonly number[], axis: number): Value[] {
    const outputs = sizes.map(() => this.#fresh());
    const attributes = { axis: BigInt(axis) };
    this.nodes.push({
      operator: "Split",
      domain: "",
      inputs: [x, this.integers(sizes)],
      outputs,
      attributes,
    });
    return outputs;
  }

  #constant(type: "float32" | "int64", data: Float32Array | BigInt64Array, shape: Shape): Value {
    if (data.length !== elementCount(shape)) {
      throw new ShapeError(
        `constant: expected ${elementCount(shape)} elements for ${formatShape(shape)}, got ${data.length}`,
      );
    }
    const name = this.#fresh();
    this.constants.push({ tensor: { name, type, shape }, data });
    return name;
  }

  #once(key: string, make: () => Value): Value {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#known.set(key, made);
    return made;
  }

  #fresh(): Value {
    return `.${this.#nextId++}`;
  }
}
