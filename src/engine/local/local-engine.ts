/**
 * @module
 * The engine on this machine: onnxruntime in a worker thread.
 */
import { Worker } from "node:worker_threads";
import { EngineError } from "../../errors/index.ts";
import type { Capability } from "../capabilities.ts";
import type {
  AccumulateOptions,
  AdamParameters,
  Completion,
  Engine,
  GradientReport,
  Prompt,
  SampleRequest,
  Sampler,
  SaveOptions,
  Score,
  ScoreRequest,
  Sequence,
  StepReport,
} from "../engine.ts";
import type { LocalSequence } from "./known-prompts.ts";
import type { LocalEngineOptions } from "./local-options.ts";
import { type Answer, type Call, fromWire, type Method } from "./protocol.ts";

/** Prompts that the worker keeps prepared, so that scoring and updating need not prepare them again. */
const KEPT_PROMPTS = 4096;

/** Node 20 does not run TypeScript: from source, the worker is the built one. */
const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "../../../dist/engine/local/worker.js" : "./worker.js",
  import.meta.url,
);

const CAPABILITIES = [
  "attention",
  "attention-intervention",
  "attention-measure",
  "calibrated-attention",
  "entropy",
  "entropy-gradient",
  "full-distribution",
  "image-ablation",
  "image-rows",
  "reference",
  "video",
] as const satisfies readonly Capability[];

/** What is left when the weights stay in their file. */
const STREAMING = [
  "attention",
  "attention-measure",
  "calibrated-attention",
  "entropy",
  "image-ablation",
  "image-rows",
  "video",
] as const satisfies readonly Capability[];

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Opens a model.
 *
 * @throws ModelError when its directory cannot be read
 */
export async function createLocalEngine(options: LocalEngineOptions): Promise<Engine> {
  const engine = new LocalEngine(options);
  try {
    await engine.ready();
  } catch (error) {
    await engine.close();
    throw error;
  }
  return engine;
}

class LocalEngine implements Engine {
  readonly capabilities: ReadonlySet<Capability>;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #promptIds = new Map<Prompt, number>();
  #nextCall = 0;
  #nextPrompt = 0;
  #closed = false;

  constructor(options: LocalEngineOptions) {
    this.capabilities = new Set(
      options.stream ? STREAMING : [...CAPABILITIES, ...(options.valueHead ? (["value"] as const) : [])],
    );
    this.#worker = new Worker(WORKER, { workerData: options });
    this.#worker.on("message", (answer: Answer) => this.#settle(answer));
    this.#worker.on("error", (cause) =>
      this.#fail(new EngineError(`local engine: its thread failed: ${cause.message}`, { cause })),
    );
    this.#worker.on("exit", (code) =>
      this.#fail(new EngineError(`local engine: its thread ended with code ${code}`)),
    );
  }

  async ready(): Promise<void> {
    await this.#call("forget", []);
  }

  async sample(request: SampleRequest): Promise<Completion[][]> {
    return (await this.#withPrompts(request.prompts, (prompts) =>
      this.#call("sample", { ...request, prompts }),
    )) as Completion[][];
  }

  async score(sequences: readonly Sequence[], request: ScoreRequest = {}): Promise<Score[]> {
    return (await this.#withSequences(sequences, (known) => this.#call("score", known, request))) as Score[];
  }

  async accumulate(
    sequences: readonly Sequence[],
    coefficients: readonly Float64Array[],
    options: AccumulateOptions = {},
  ): Promise<GradientReport> {
    return (await this.#withSequences(sequences, (known) =>
      this.#call("accumulate", known, coefficients, options),
    )) as GradientReport;
  }

  async step(adam: AdamParameters): Promise<StepReport> {
    return (await this.#call("step", adam)) as StepReport;
  }

  async sampler(): Promise<Sampler> {
    throw new EngineError(
      "local engine: its one thread samples or learns, never both at once: it has no samplers of earlier weights",
    );
  }

  async setReference(): Promise<void> {
    await this.#call("setReference");
  }

  async save(directory: string, { optimizer = true, ...storage }: SaveOptions = {}): Promise<void> {
    await this.#call("save", directory, optimizer, storage);
  }

  async load(directory: string): Promise<void> {
    await this.#call("load", directory);
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#fail(new EngineError("local engine: it was closed"));
      await this.#worker.terminate();
    }
  }

  #withSequences(
    sequences: readonly Sequence[],
    call: (known: readonly LocalSequence[]) => Promise<unknown>,
  ): Promise<unknown> {
    const prompts = sequences.map(({ prompt }) => prompt);
    return this.#withPrompts(prompts, (ids) =>
      call(sequences.map(({ completion }, i) => ({ prompt: ids[i]!, completion }))),
    );
  }

  /**
   * Makes a call on prompts by their ids. Those that the worker does not know yet are sent before it, in the same
   * turn, so that calls reach the worker in the order they were made; those not used for long are dropped after it.
   */
  async #withPrompts(
    prompts: readonly Prompt[],
    call: (ids: readonly number[]) => Promise<unknown>,
  ): Promise<unknown> {
    const fresh: (readonly [number, Prompt])[] = [];
    const ids = prompts.map((prompt) => {
      const known = this.#promptIds.get(prompt);
      const id = known ?? this.#nextPrompt++;
      this.#promptIds.delete(prompt);
      this.#promptIds.set(prompt, id);
      if (known === undefined) {
        fresh.push([id, prompt]);
      }
      return id;
    });
    const registered = fresh.length === 0 ? undefined : this.#call("register", fresh);
    const result = call(ids);
    const idle = this.#dropIdle(new Set(ids));
    const settled = await Promise.allSettled([registered, result, idle]);
    if (settled[0].status === "rejected") {
      for (const [, prompt] of fresh) {
        this.#promptIds.delete(prompt);
      }
    }
    for (const outcome of settled) {
      if (outcome.status === "rejected") {
        throw outcome.reason;
      }
    }
    return result;
  }

  #dropIdle(used: ReadonlySet<number>): Promise<unknown> | undefined {
    const oldest = [...this.#promptIds].slice(0, Math.max(0, this.#promptIds.size - KEPT_PROMPTS));
    const idle = oldest.filter(([, id]) => !used.has(id));
    for (const [prompt] of idle) {
      this.#promptIds.delete(prompt);
    }
    return idle.length === 0
      ? undefined
      : this.#call(
          "forget",
          idle.map(([, id]) => id),
        );
  }

  #call(method: Method, ...parameters: readonly unknown[]): Promise<unknown> {
    if (this.#closed) {
      return Promise.reject(new EngineError(`${method}: the engine is closed`));
    }
    const id = this.#nextCall++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, method, parameters } satisfies Call);
    });
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ("error" in answer) {
      pending?.reject(fromWire(answer.error));
    } else {
      pending?.resolve(answer.result);
    }
  }

  /** The thread is gone: every call that waits for it fails. */
  #fail(error: EngineError): void {
    this.#closed = true;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of waiting) {
      reject(error);
    }
  }
}
