/**
 * @module
 * The engine on this machine: onnxruntime in a worker thread, to which prompts are sent only once.
 */
import { EngineError } from "../../errors/index.ts";
import { architectureOf, readConfig } from "../../model/index.ts";
import { allowedBy, type Capability } from "../capabilities.ts";
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
  TrainingRun,
} from "../engine.ts";
import { KeptPrompts } from "./kept-prompts.ts";
import type { LocalSequence } from "./known-prompts.ts";
import type { ReplicaOptions } from "./local-options.ts";
import { ModelThread } from "./model-thread.ts";
import { SampleWatcher } from "./sample-watcher.ts";

const CAPABILITIES = [
  "attention",
  "attention-intervention",
  "attention-measure",
  "calibrated-attention",
  "entropy",
  "entropy-gradient",
  "full-distribution",
  "group-divergence",
  "hidden-images",
  "hidden-states",
  "image-ablation",
  "image-rows",
  "reference",
  "token-clusters",
  "value-replacement",
  "video",
  "watch",
] as const satisfies readonly Capability[];

/** The capabilities that remain with streamed weights. */
const STREAMING = [
  "attention",
  "attention-measure",
  "calibrated-attention",
  "entropy",
  "hidden-images",
  "image-ablation",
  "image-rows",
  "video",
] as const satisfies readonly Capability[];

export class LocalEngine implements Engine {
  readonly capabilities: ReadonlySet<Capability>;
  readonly #thread: ModelThread;
  readonly #prompts = new KeptPrompts();
  /** Prompts that were sent to the thread, until it has answered. */
  readonly #registrations = new Map<Prompt, Promise<unknown>>();

  /** @throws ModelError when the model is of an architecture that is not supported */
  constructor(options: ReplicaOptions) {
    const { model, stream = false, valueHead = false, rollouts } = options;
    const config = typeof model === "string" ? readConfig(model) : model.config;
    const optional = [
      ...(valueHead ? (["value"] as const) : []),
      ...(rollouts === "int8" ? (["int8-rollouts"] as const) : []),
    ];
    const own = stream ? STREAMING : [...CAPABILITIES, ...optional];
    this.capabilities = allowedBy(architectureOf(config).capabilities, own);
    this.#thread = new ModelThread(options);
  }

  /**
   * @throws ModelError when the model cannot be opened
   * @throws EngineError when its device cannot be used
   */
  async ready(): Promise<void> {
    await this.#thread.call("requireDevice");
  }

  /** @param first place of the first prompt in the whole request, of which this may be a share */
  async sample({ watch, ...request }: SampleRequest, first = 0): Promise<Completion[][]> {
    const watcher = watch && new SampleWatcher(watch, request);
    const completions = (await this.#withPrompts(request.prompts, (prompts) =>
      this.#thread.follow(watcher?.take, "sample", {
        ...request,
        prompts,
        first,
        ...(watcher && { ended: watcher.ended }),
      }),
    )) as Completion[][];
    watcher?.requireWhole();
    return completions;
  }

  async score(sequences: readonly Sequence[], request: ScoreRequest = {}): Promise<Score[]> {
    return (await this.#withSequences(sequences, (known) =>
      this.#thread.call("score", known, request),
    )) as Score[];
  }

  async accumulate(
    sequences: readonly Sequence[],
    coefficients: readonly Float64Array[],
    options: AccumulateOptions = {},
  ): Promise<GradientReport> {
    return (await this.#withSequences(sequences, (known) =>
      this.#thread.call("accumulate", known, coefficients, options),
    )) as GradientReport;
  }

  async step(adam: AdamParameters): Promise<StepReport> {
    return (await this.#thread.call("step", adam)) as StepReport;
  }

  async sampler(): Promise<Sampler> {
    throw new EngineError(
      "local engine: its one thread samples or learns, never both at once: it has no samplers of earlier weights",
    );
  }

  async requireRoom(run: TrainingRun): Promise<void> {
    await this.#thread.call("requireRoom", run);
  }

  async setReference(): Promise<void> {
    await this.#thread.call("setReference");
  }

  async save(directory: string, { optimizer = true, ...storage }: SaveOptions = {}): Promise<void> {
    await this.#thread.call("save", directory, optimizer, storage);
  }

  async load(directory: string): Promise<void> {
    await this.#thread.call("load", directory);
  }

  /** How many numbers are trained. */
  async trainedSize(): Promise<number> {
    return (await this.#thread.call("trainedSize")) as number;
  }

  /** From now on a step takes the sum of what all replicas have put into the memory, `[replicas × trained]` numbers. */
  async shareGradients(memory: SharedArrayBuffer, place: number): Promise<void> {
    await this.#thread.call("shareGradients", memory, place);
  }

  /** Puts the gradient where the other replicas find it. */
  async publishGradient(): Promise<void> {
    await this.#thread.call("publishGradient");
  }

  async clearGradient(): Promise<void> {
    await this.#thread.call("clearGradient");
  }

  close(): Promise<void> {
    return this.#thread.close();
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
   * Makes a call on prompts by their ids. Prompts that the thread does not know yet are sent before it, in the same
   * turn. So calls reach the thread in the order in which they were made. Prompts that were not used for long are
   * dropped after it.
   *
   * @throws the error of a prompt that the thread cannot take, even where another call sent it
   */
  async #withPrompts(
    prompts: readonly Prompt[],
    call: (ids: readonly number[]) => Promise<unknown>,
  ): Promise<unknown> {
    const fresh: (readonly [number, Prompt])[] = [];
    const ids = prompts.map((prompt) => {
      const { id, isNew } = this.#prompts.use(prompt);
      if (isNew) fresh.push([id, prompt]);
      return id;
    });
    const registered = fresh.length === 0 ? undefined : this.#thread.call("register", fresh);
    if (registered !== undefined) {
      for (const [, prompt] of fresh) this.#registrations.set(prompt, registered);
    }
    const awaited = new Set(prompts.map((prompt) => this.#registrations.get(prompt)));
    const result = call(ids);
    const idle = this.#prompts.dropIdle(new Set(ids));
    const forgotten = idle.length === 0 ? undefined : this.#thread.call("forget", idle);
    const [own, ...settled] = await Promise.allSettled([registered, ...awaited, result, forgotten]);
    for (const [, prompt] of fresh) {
      if (this.#registrations.get(prompt) === registered) this.#registrations.delete(prompt);
      if (own.status === "rejected") this.#prompts.drop(prompt);
    }
    for (const outcome of settled) {
      if (outcome.status === "rejected") {
        throw outcome.reason;
      }
    }
    return result;
  }
}
