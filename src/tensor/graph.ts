/**
 * @module
 * The graph under construction: tensors of known shape, nodes in the order they were made, and the tape that
 * autodiff walks backwards. It holds no numbers but constants; `program.ts` compiles and runs it.
 */
import { ShapeError } from "../errors/index.ts";
import { elementCount, formatShape, isShape, type Shape } from "./shape.ts";

export type DataType = "float32" | "int64" | "bool" | "uint8";
export type ConstantData = Float32Array | BigInt64Array | Uint8Array;
export type Attribute = number | bigint | string | readonly number[];

/** A value in a graph: its name, shape and type. Numbers exist only while a program runs. */
export interface Tensor {
  readonly graph: Graph;
  readonly name: string;
  readonly shape: Shape;
  readonly type: DataType;
}

/** One ONNX node. `number` attributes are written as floats, `bigint` as integers, arrays as integer lists. */
export interface Node {
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Constant {
  readonly tensor: Tensor;
  readonly data: ConstantData;
}

/** How gradients flow through one operation, from its outputs to its inputs. */
export interface TapeEntry {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** Receives one gradient per output (absent when nothing downstream uses it), returns one per input. */
  readonly backward: (gradients: readonly (Tensor | undefined)[]) => readonly (Tensor | undefined)[];
}

export interface NodeOptions {
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** Builds one static-shape computation. */
export class Graph {
  /** All values, by name. */
  readonly tensors = new Map<string, Tensor>();
  readonly inputs = new Map<string, Tensor>();
  readonly constants: Constant[] = [];
  readonly nodes: Node[] = [];
  readonly tape: TapeEntry[] = [];
  readonly #scopes: string[] = [];
  #nextId = 0;
  #untaped = false;

  /** Declares a value that is fed at every run. Names start with a letter; the builder's own start with `.`. */
  input(name: string, shape: Shape, type: DataType = "float32"): Tensor {
    if (!/^[A-Za-z]/.test(name)) {
      throw this.shapeError("input", `expected a name with a leading letter, got "${name}"`);
    }
    if (this.inputs.has(name)) {
      throw this.shapeError("input", `"${name}" is declared twice`);
    }
    if (!isShape(shape)) {
      throw this.shapeError("input", `"${name}" has the impossible shape ${formatShape(shape)}`);
    }
    const tensor: Tensor = { graph: this, name, shape, type };
    this.inputs.set(name, tensor);
    this.tensors.set(name, tensor);
    return tensor;
  }

  /** A value baked into the graph; bytes are truth values unless their type is given. */
  constant(data: ConstantData, shape: Shape, given?: DataType): Tensor {
    if (data.length !== elementCount(shape)) {
      throw this.shapeError(
        "constant",
        `expected ${elementCount(shape)} elements for ${formatShape(shape)}, got ${data.length}`,
      );
    }
    const type = data instanceof Float32Array ? "float32" : data instanceof BigInt64Array ? "int64" : "bool";
    const tensor = this.#tensor(shape, given ?? type);
    this.constants.push({ tensor, data });
    return tensor;
  }

  /** A float constant of rank 0. */
  scalar(value: number): Tensor {
    return this.constant(Float32Array.of(value), []);
  }

  /** An integer list constant, as ONNX wants shapes and axes. */
  integers(values: readonly number[]): Tensor {
    return this.constant(BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** Adds a node and returns its outputs. */
  node(
    operator: string,
    inputs: readonly Tensor[],
    outputs: readonly { readonly shape: Shape; readonly type?: DataType }[],
    { domain = "", attributes = {} }: NodeOptions = {},
  ): Tensor[] {
    const tensors = outputs.map(({ shape, type = "float32" }) => this.#tensor(shape, type));
    this.nodes.push({
      operator,
      domain,
      inputs: inputs.map((tensor) => this.own(tensor, operator).name),
      outputs: tensors.map((tensor) => tensor.name),
      attributes,
    });
    return tensors;
  }

  /** A node with one output. */
  single(
    operator: string,
    inputs: readonly Tensor[],
    shape: Shape,
    options: NodeOptions & { readonly type?: DataType } = {},
  ): Tensor {
    const output = options.type === undefined ? { shape } : { shape, type: options.type };
    return this.node(operator, inputs, [output], options)[0]!;
  }

  /** Makes an operation differentiable, which only numbers are. */
  record(entry: TapeEntry): void {
    const other = entry.inputs.find((tensor) => tensor.type !== "float32");
    if (other !== undefined) {
      const operator = this.nodes.at(-1)?.operator ?? "operation";
      throw this.shapeError(operator, `expected float32, got ${other.type} ${formatShape(other.shape)}`);
    }
    if (!this.#untaped) {
      this.tape.push(entry);
    }
  }

  /** Builds an operation out of others, whose own backwards are not recorded: it records one for the whole. */
  fused<T>(build: () => T): T {
    const before = this.#untaped;
    this.#untaped = true;
    try {
      return build();
    } finally {
      this.#untaped = before;
    }
  }

  /** Runs `build` with a label that shape errors show, such as "decoder layer 3 / attention". */
  scope<T>(label: string, build: () => T): T {
    this.#scopes.push(label);
    try {
      return build();
    } finally {
      this.#scopes.pop();
    }
  }

  /** An error that names the operation, what is wrong with the shapes, and the caller's labels. */
  shapeError(operation: string, problem: string): ShapeError {
    const where = this.#scopes.length > 0 ? ` (in ${this.#scopes.join(" / ")})` : "";
    return new ShapeError(`${operation}: ${problem}${where}`);
  }

  /** The tensor itself; an error when it is another graph's, whose names mean something else here. */
  own(tensor: Tensor, operation: string): Tensor {
    if (tensor.graph !== this) {
      throw this.shapeError(
        operation,
        `"${tensor.name}" ${formatShape(tensor.shape)} belongs to another graph`,
      );
    }
    return tensor;
  }

  #tensor(shape: Shape, type: DataType): Tensor {
    const tensor: Tensor = { graph: this, name: `.${this.#nextId++}`, shape, type };
    this.tensors.set(tensor.name, tensor);
    return tensor;
  }
}
