/**
 * @module
 * Compiles the part of a graph that its outputs need into an onnxruntime session, and runs it.
 *
 * `run` blocks its thread while it computes although it returns a promise: an engine belongs in a worker.
 */
import * as ort from "onnxruntime-node";
import { ShapeError } from "../errors/index.ts";
import { discard } from "./discard.ts";
import { liveNodes, workingBytes } from "./execution.ts";
import type { DataType, Graph, Tensor } from "./graph.ts";
import { encodeModel } from "./onnx.ts";
import { elementCount, formatShape } from "./shape.ts";

export type TensorData = Float32Array | BigInt64Array | Uint8Array;

export interface ProgramOptions {
  /** Threads of one operation. */
  readonly threads?: number;
  /** Idle threads wait in a loop: faster alone on a machine, far slower on a shared one. */
  readonly spin?: boolean;
  /** Keep freed buffers for the next run: faster, at the price of memory held. */
  readonly arena?: boolean;
}

/** Options of one program beside those of all. */
export interface CompileOptions extends ProgramOptions {
  /** Tensors that a run is fed by their own names, in place of what they are made of. */
  readonly given?: readonly Tensor[];
  /**
   * Inputs of one row whose runs may feed any number of rows, the same number to all; outputs then have as many. The
   * graph must not use the number.
   */
  readonly rows?: readonly Tensor[];
}

/** Numbers by input or output name. */
export type Feeds = Readonly<Record<string, TensorData>>;

/** A compiled graph. */
export class Program {
  readonly #session: ort.InferenceSession;
  readonly #inputs: ReadonlyMap<string, Tensor>;
  readonly #outputs: ReadonlyMap<string, Tensor>;
  /** Names of the inputs whose number of rows is that of the run. */
  readonly #rows: ReadonlySet<string>;
  /** Bytes of intermediate results at once, which the program keeps for its next run; inputs and outputs apart. */
  readonly workingBytes: number;

  private constructor(
    session: ort.InferenceSession,
    inputs: ReadonlyMap<string, Tensor>,
    outputs: ReadonlyMap<string, Tensor>,
    rows: ReadonlySet<string>,
    working: number,
  ) {
    this.#session = session;
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.#rows = rows;
    this.workingBytes = working;
  }

  /**
   * Compiles what `outputs` depend on; other nodes and inputs are dropped.
   *
   * @throws ShapeError when an output is another graph's, or not float32
   */
  static async compile(
    graph: Graph,
    outputs: Readonly<Record<string, Tensor>>,
    { threads = 2, spin = false, arena = true, given = [], rows = [] }: CompileOptions = {},
  ): Promise<Program> {
    const { named, nodes } = distinctOutputs(graph, outputs);
    const names = [...named.values()].map(({ name }) => name);
    const fed = new Map([...graph.inputs, ...given.map((tensor) => [tensor.name, tensor] as const)]);
    const { nodes: kept, used } = liveNodes(nodes, names, new Set(given.map(({ name }) => name)));
    const inputs = new Map([...fed].filter(([name]) => used.has(name)));
    const open = new Set(rows.flatMap(({ name }) => (inputs.has(name) ? [name] : [])));
    const opened = (tensor: Tensor) => ({ ...tensor, shape: ["rows", ...tensor.shape.slice(1)] });
    const bytes = encodeModel({
      inputs: [...inputs.values()].map((tensor) => (open.has(tensor.name) ? opened(tensor) : tensor)),
      outputs: [...named.values()].map((tensor) => (open.size > 0 ? opened(tensor) : tensor)),
      constants: graph.constants.filter(({ tensor }) => used.has(tensor.name)),
      nodes: kept,
    });
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      extra: { session: { intra_op: { allow_spinning: spin ? "1" : "0" } } },
      interOpNumThreads: 1,
      enableCpuMemArena: arena,
      enableMemPattern: false,
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
    });
    return new Program(session, inputs, named, open, workingBytes(graph, Object.values(outputs), given));
  }

  /** The inputs that a run must feed. */
  get inputs(): ReadonlyMap<string, Tensor> {
    return this.#inputs;
  }

  /** What a run returns. */
  get outputs(): ReadonlyMap<string, Tensor> {
    return this.#outputs;
  }

  /**
   * Runs once.
   *
   * @param feeds numbers by input name; names that the program does not need are ignored
   * @param into arrays to write outputs to instead of fresh ones; views into larger buffers are fine
   * @returns numbers by output name: the array of `into` itself where one was given
   * @throws ShapeError when an input is missing, an array has another type or number of elements, or `into` names no
   *   output
   */
  async run(feeds: Feeds, into: Feeds = {}): Promise<Record<string, Float32Array>> {
    const rows = this.#rowsOf(feeds);
    const sized = (tensor: Tensor) =>
      rows === undefined ? tensor : { ...tensor, shape: [rows, ...tensor.shape.slice(1)] };
    const inputs: Record<string, ort.Tensor> = {};
    for (const [name, tensor] of this.#inputs) {
      inputs[name] = view(`input "${name}"`, this.#rows.has(name) ? sized(tensor) : tensor, feeds[name]);
    }
    for (const name of Object.keys(into)) {
      if (!this.#outputs.has(name)) {
        throw new ShapeError(`output "${name}": expected one of ${[...this.#outputs.keys()].join(", ")}`);
      }
    }
    const fetches: Record<string, ort.Tensor | null> = {};
    for (const [name, tensor] of this.#outputs) {
      const target = into[name];
      fetches[tensor.name] = target === undefined ? null : view(`output "${name}"`, sized(tensor), target);
    }
    const results = await this.#session.run(inputs, fetches);
    const arrays: Record<string, Float32Array> = {};
    // onnxruntime-node returns copies of the arrays that it was given to write to.
    const copies: ArrayBuffer[] = [];
    for (const [name, tensor] of this.#outputs) {
      const result = results[tensor.name]!.data as Float32Array;
      const target = into[name] as Float32Array | undefined;
      arrays[name] = target ?? result;
      if (target !== undefined && target.buffer !== result.buffer) copies.push(result.buffer as ArrayBuffer);
    }
    discard(copies);
    return arrays;
  }

  /** The rows that a run feeds to inputs of any number of rows; undefined where there are none. */
  #rowsOf(feeds: Feeds): number | undefined {
    const [name] = this.#rows;
    if (name === undefined) return undefined;
    const { shape } = this.#inputs.get(name)!;
    const length = feeds[name]?.length ?? 0;
    const rows = length / elementCount(shape);
    if (Number.isInteger(rows)) return rows;
    throw new ShapeError(`input "${name}": expected rows of ${formatShape(shape)}, got ${length} elements`);
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

/** Gives every output a node of its own: one tensor may be asked for twice, or be an input. */
function distinctOutputs(graph: Graph, outputs: Readonly<Record<string, Tensor>>) {
  const named = new Map<string, Tensor>();
  const nodes = [...graph.nodes];
  const seen = new Set([...graph.inputs.keys(), ...graph.constants.map(({ tensor }) => tensor.name)]);
  for (const [name, tensor] of Object.entries(outputs)) {
    graph.own(tensor, `output "${name}"`);
    if (tensor.type !== "float32") {
      const got = `${tensor.type} ${formatShape(tensor.shape)}`;
      throw graph.shapeError(`output "${name}"`, `expected float32, got ${got}`);
    }
    if (seen.has(tensor.name)) {
      const copy: Tensor = { ...tensor, name: `.output.${name}` };
      nodes.push({
        operator: "Identity",
        domain: "",
        inputs: [tensor.name],
        outputs: [copy.name],
        attributes: {},
      });
      named.set(name, copy);
    } else {
      seen.add(tensor.name);
      named.set(name, tensor);
    }
  }
  return { named, nodes };
}

function view(what: string, tensor: Tensor, data: TensorData | undefined): ort.Tensor {
  if (data === undefined) {
    throw new ShapeError(`${what}: expected ${formatShape(tensor.shape)}, got nothing`);
  }
  if (data.length !== elementCount(tensor.shape) || typeOf(data) !== tensor.type) {
    throw new ShapeError(
      `${what}: expected ${tensor.type} ${formatShape(tensor.shape)}, got ${data.length} elements of ${typeOf(data)}`,
    );
  }
  return new ort.Tensor(tensor.type, data as Float32Array, tensor.shape) as ort.Tensor;
}

function typeOf(data: TensorData): DataType {
  return data instanceof Float32Array ? "float32" : data instanceof BigInt64Array ? "int64" : "bool";
}
