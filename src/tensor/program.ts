/**
 * @module
 * Compiles the part of a graph that its outputs need into an onnxruntime session, and runs it.
 *
 * `run` blocks its thread while it computes although it returns a promise: an engine belongs in a worker.
 */
import * as ort from "onnxruntime-node";
import { ShapeError } from "../errors/index.ts";
import { type Device, DeviceArray, deviceError } from "./device.ts";
import { discard } from "./discard.ts";
import { liveNodes, workingBytes } from "./execution.ts";
import type { DataType, Graph, Tensor } from "./graph.ts";
import { encodeModel } from "./onnx.ts";
import { elementCount, formatShape, sameShape } from "./shape.ts";
import { webgpuNodes } from "./webgpu-nodes.ts";

export type TensorData = Float32Array | BigInt64Array | Uint8Array;

export interface ProgramOptions {
  /** "cpu" unless given. On another device no operator falls back to the processor. */
  readonly device?: Device;
  /** Threads of one operation. */
  readonly threads?: number;
  /** Idle threads wait in a loop: faster alone on a machine, far slower on a shared one. */
  readonly spin?: boolean;
  /** Keep freed buffers for the next run: faster, at the price of memory held. */
  readonly arena?: boolean;
}

/** Options of one program beside the options of all programs. */
export interface CompileOptions extends ProgramOptions {
  /** Tensors that a run is fed by their own names, in place of their inputs. */
  readonly given?: readonly Tensor[];
  /** Names of outputs that stay on the device, for `runThere`. */
  readonly resident?: readonly string[];
  /**
   * Inputs of one row whose runs may feed any number of rows, the same number to all; outputs then have as many. The
   * graph must not use the number.
   */
  readonly rows?: readonly Tensor[];
}

/** Numbers by input name; those on the device are a program's own outputs, or another's on the same device. */
export type Feeds = Readonly<Record<string, TensorData | DeviceArray>>;

/** Arrays by output name. */
export type Targets = Readonly<Record<string, TensorData>>;

/** Results of a run whose outputs stay on the device. */
export interface Results {
  readonly host: Record<string, Float32Array>;
  readonly device: Record<string, DeviceArray>;
}

/** A compiled graph. */
export class Program {
  readonly #session: ort.InferenceSession;
  readonly #inputs: ReadonlyMap<string, Tensor>;
  readonly #outputs: ReadonlyMap<string, Tensor>;
  readonly #device: Device;
  /** Names of the inputs whose number of rows is that of the run. */
  readonly #rows: ReadonlySet<string>;
  /** Bytes of intermediate results at once, which the program keeps for its next run; inputs and outputs apart. */
  readonly workingBytes: number;

  private constructor(
    session: ort.InferenceSession,
    inputs: ReadonlyMap<string, Tensor>,
    outputs: ReadonlyMap<string, Tensor>,
    device: Device,
    rows: ReadonlySet<string>,
    working: number,
  ) {
    this.#session = session;
    this.#device = device;
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
    {
      device = "cpu",
      threads = 2,
      spin = false,
      arena = true,
      given = [],
      resident = [],
      rows = [],
    }: CompileOptions = {},
  ): Promise<Program> {
    const { named, nodes } = distinctOutputs(graph, outputs);
    const names = [...named.values()].map(({ name }) => name);
    const fed = new Map([...graph.inputs, ...given.map((tensor) => [tensor.name, tensor] as const)]);
    const { nodes: kept, used } = liveNodes(nodes, names, new Set(given.map(({ name }) => name)));
    const inputs = new Map([...fed].filter(([name]) => used.has(name)));
    const own = graph.constants.filter(({ tensor }) => used.has(tensor.name));
    const written =
      device === "webgpu" ? webgpuNodes(graph, kept, named) : { nodes: kept, constants: [], outputs: named };
    const open = new Set(rows.flatMap(({ name }) => (inputs.has(name) ? [name] : [])));
    const shapeOf = ({ name, shape }: Tensor) => (open.has(name) ? ["rows", ...shape.slice(1)] : shape);
    const bytes = encodeModel({
      inputs: [...inputs.values()].map((tensor) => ({
        ...tensor,
        type: inputType(tensor.type, device),
        shape: shapeOf(tensor),
      })),
      outputs: [...written.outputs.values()].map((tensor) =>
        open.size > 0 ? { ...tensor, shape: ["rows", ...tensor.shape.slice(1)] } : tensor,
      ),
      constants: [...own, ...written.constants],
      nodes: written.nodes,
    });
    const stay = new Set(device === "cpu" ? [] : resident);
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: [device],
      intraOpNumThreads: threads,
      extra: {
        session: {
          intra_op: { allow_spinning: spin ? "1" : "0" },
          ...(device !== "cpu" && { disable_cpu_ep_fallback: "1" }),
        },
      },
      interOpNumThreads: 1,
      enableCpuMemArena: arena,
      enableMemPattern: false,
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
      ...(stay.size > 0 && {
        preferredOutputLocation: Object.fromEntries(
          [...written.outputs].map(([name, tensor]) => [tensor.name, stay.has(name) ? "gpu-buffer" : "cpu"]),
        ),
      }),
    }).catch((cause: unknown) => {
      throw deviceError(device, "compile", cause);
    });
    const working = workingBytes(graph, Object.values(outputs), given);
    return new Program(session, inputs, written.outputs, device, open, working);
  }

  /** The inputs that a run must feed. */
  get inputs(): ReadonlyMap<string, Tensor> {
    return this.#inputs;
  }

  /** The outputs of a run. */
  get outputs(): ReadonlyMap<string, Tensor> {
    return this.#outputs;
  }

  /**
   * Runs once.
   *
   * @param feeds numbers by input name; names that the program does not need are ignored
   * @param into arrays to which outputs are written, instead of new arrays; views into larger buffers are fine
   * @returns numbers by output name: the array of `into` itself where one was given
   * @throws ShapeError when an input is missing, an array has another type or number of elements, or `into` names no
   *   output
   * @throws EngineError when the device fails
   */
  async run(feeds: Feeds, into: Targets = {}): Promise<Record<string, Float32Array>> {
    return (await this.runThere(feeds, into)).host;
  }

  /**
   * Runs once, and leaves the resident outputs where they are.
   *
   * @returns other outputs on the host, as `run` does
   */
  async runThere(feeds: Feeds, into: Targets = {}): Promise<Results> {
    const rows = this.#rowsOf(feeds);
    const sized = (tensor: Tensor) =>
      rows === undefined ? tensor : { ...tensor, shape: [rows, ...tensor.shape.slice(1)] };
    const inputs: Record<string, ort.Tensor> = {};
    for (const [name, tensor] of this.#inputs) {
      const expected = this.#rows.has(name) ? sized(tensor) : tensor;
      inputs[name] = view(`input "${name}"`, expected, feeds[name], this.#device);
    }
    for (const name of Object.keys(into)) {
      if (!this.#outputs.has(name)) {
        throw new ShapeError(`output "${name}": expected one of ${[...this.#outputs.keys()].join(", ")}`);
      }
    }
    const fetches = this.#fetches(into, sized);
    const results = await this.#session.run(inputs, fetches).catch((cause: unknown) => {
      throw deviceError(this.#device, "run", cause);
    });
    const found: Results = { host: {}, device: {} };
    // onnxruntime-node returns copies of the arrays that it was given to write to.
    const copies: ArrayBuffer[] = [];
    for (const [name, tensor] of this.#outputs) {
      const result = results[tensor.name]!;
      if (result.location === "gpu-buffer") {
        found.device[name] = new DeviceArray(result);
        continue;
      }
      const data = numbersOf(result);
      const target = into[name] as Float32Array | undefined;
      found.host[name] = target ?? data;
      if (target === undefined || target.buffer === data.buffer) continue;
      if (this.#device !== "cpu") target.set(data);
      copies.push(data.buffer as ArrayBuffer);
    }
    discard(copies);
    return found;
  }

  /** Arrays for onnxruntime to write to; only the processor writes to them itself. */
  #fetches(into: Targets, sized: (tensor: Tensor) => Tensor): Record<string, ort.Tensor | null> {
    const fetches: Record<string, ort.Tensor | null> = {};
    for (const [name, tensor] of this.#outputs) {
      const target = into[name];
      const given =
        target && view(`output "${name}"`, { ...sized(tensor), type: "float32" }, target, this.#device);
      fetches[tensor.name] = (this.#device === "cpu" && given) || null;
    }
    return fetches;
  }

  /** The rows that a run feeds to inputs of any number of rows; undefined where there are none. */
  #rowsOf(feeds: Feeds): number | undefined {
    const [name] = this.#rows;
    if (name === undefined) return undefined;
    const { shape } = this.#inputs.get(name)!;
    const fed = feeds[name];
    const length = fed instanceof DeviceArray ? elementCount(fed.shape) : (fed?.length ?? 0);
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

function view(
  what: string,
  tensor: Tensor,
  data: TensorData | DeviceArray | undefined,
  device: Device,
): ort.Tensor {
  if (data === undefined) {
    throw new ShapeError(`${what}: expected ${formatShape(tensor.shape)}, got nothing`);
  }
  if (data instanceof DeviceArray) {
    if (!sameShape(data.shape, tensor.shape) || tensor.type !== "float32") {
      const got = `float32 ${formatShape(data.shape)} on the device`;
      throw new ShapeError(`${what}: expected ${tensor.type} ${formatShape(tensor.shape)}, got ${got}`);
    }
    return data.tensor;
  }
  if (data.length !== elementCount(tensor.shape) || typeOf(data) !== tensor.type) {
    throw new ShapeError(
      `${what}: expected ${tensor.type} ${formatShape(tensor.shape)}, got ${data.length} elements of ${typeOf(data)}`,
    );
  }
  const type = inputType(tensor.type, device);
  const numbers = type === "int32" ? Int32Array.from(data as BigInt64Array, Number) : data;
  return new ort.Tensor(type, numbers as Float32Array, tensor.shape) as ort.Tensor;
}

/** WebGPU computes with no 64-bit integers: an index is a 32-bit one there. */
function inputType(type: DataType, device: Device): DataType | "int32" {
  return type === "int64" && device === "webgpu" ? "int32" : type;
}

function numbersOf({ data }: ort.Tensor): Float32Array {
  return data instanceof BigInt64Array ? Float32Array.from(data, Number) : (data as Float32Array);
}

function typeOf(data: TensorData): DataType {
  return data instanceof Float32Array ? "float32" : data instanceof BigInt64Array ? "int64" : "bool";
}
