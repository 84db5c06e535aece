/**
 * @module
 * What each call does, apart from HTTP: sessions and models, training in order, sampling, checkpoints. Calls that take
 * time answer with the id of a future.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { wire } from "../engine/index.ts";
import { RunError } from "../errors/index.ts";
import { Checkpoints } from "./checkpoints.ts";
import { Futures } from "./futures.ts";
import { Journal, type JournalEntry, type SamplerSource } from "./journal.ts";
import { ModelHost } from "./model-host.ts";
import { PromptPool } from "./prompt-pool.ts";
import { read } from "./read-request.ts";
import { Refusal } from "./refusal.ts";
import { type Sampler, Samplers } from "./samplers.ts";
import { Sampling } from "./sampling.ts";
import { readState, type SavedState } from "./saved-state.ts";
import { type LoraRequest, loraRequest, type ServedModel } from "./served-model.ts";
import type { ServiceOptions } from "./service-options.ts";
import { TRAINING_CALLS, type TrainingCallName } from "./training-calls.ts";

/** A request's body, and its digest, by which it is known again. */
export interface CallBody {
  readonly json: unknown;
  readonly digest: string;
}

interface Session {
  lastSeen: number;
}

const MINUTE = 60_000;

export class TinkerService {
  readonly #options: ServiceOptions;
  readonly #journal: Journal;
  readonly #futures: Futures;
  readonly #sampling: Sampling;
  readonly checkpoints: Checkpoints;
  readonly #sessions = new Map<string, Session>();
  readonly #hosts = new Map<string, ModelHost>();
  readonly #samplers: Samplers;
  #opening = 0;
  readonly #expiry: NodeJS.Timeout;

  /** @throws RunError when the state directory cannot be used */
  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#journal = new Journal(options.state);
    const saved = readState(this.#journal.read());
    this.checkpoints = new Checkpoints(options.state, this.#journal, saved.checkpoints);
    this.#futures = new Futures(this.#journal);
    this.#sampling = new Sampling({
      host: (model) => this.#hosts.get(model),
      checkpoints: this.checkpoints,
      seed: options.seed ?? 0,
      isExtended: options.isExtended ?? true,
      batchLimitMs: 2 * MINUTE,
    });
    this.#samplers = new Samplers(this.#journal, (source) => this.#servedOf(source));
    this.#saved = saved;
    const limit = options.sessionLimitMs ?? 10 * MINUTE;
    this.#expiry = setInterval(() => this.#expire(limit), Math.min(limit, MINUTE)).unref();
  }

  #saved: SavedState | undefined;

  /** Takes up what the server had when it ended in order. */
  async start(): Promise<void> {
    const saved = this.#saved;
    this.#saved = undefined;
    if (saved === undefined) return;
    for (const id of saved.sessions) this.#sessions.set(id, { lastSeen: Date.now() });
    for (const { model, rested } of saved.models) {
      const served = this.#options.models.find(({ name }) => name === model.baseModel);
      if (served === undefined || !this.#sessions.has(model.session)) continue;
      const engine = await served.open({ lora: model.lora, valueHead: model.valueHead });
      await engine.load(rested.directory);
      const { nextSequence, version } = rested;
      this.#addHost({ ...model, served, engine, nextSequence, version });
    }
    for (const entry of saved.samplers) {
      if (!this.#samplers.restore(entry)) continue;
      if (entry.source.kind === "model") this.#sampling.want(entry.source.model, entry.source.version);
    }
    this.#futures.restore(saved.results);
    this.#journal.begin(this.#entries());
    this.checkpoints.sweep(new Set(this.#hosts.keys()));
  }

  /** All that counts, as the journal has it. */
  #entries(): JournalEntry[] {
    return [
      ...[...this.#sessions.keys()].map((id) => ({ kind: "session", id }) as const),
      ...this.hosts.map((host) => host.entry()),
      ...this.checkpoints.all(),
      ...this.#samplers.entries(),
      ...this.#futures.entries(),
    ];
  }

  /** Writes the journal anew when it has grown too large. */
  #tidy(): void {
    if (this.#journal.bytes <= (this.#options.journalLimitBytes ?? 2 ** 28)) return;
    try {
      this.#journal.begin(this.#entries());
    } catch (error) {
      // No room for a second one: the first goes on.
      if (!(error instanceof RunError)) throw error;
    }
  }

  #servedOf(source: SamplerSource): ServedModel | undefined {
    return this.#options.models.find(({ name }) => name === source.baseModel);
  }

  #addHost(about: {
    readonly id: string;
    readonly session: string;
    readonly rank: number;
    readonly lora?: LoraRequest | undefined;
    readonly valueHead: boolean;
    readonly served: ServedModel;
    readonly engine: ModelHost["engine"];
    readonly nextSequence?: number;
    readonly version?: number;
  }): ModelHost {
    const host = new ModelHost({
      ...about,
      lora: about.lora,
      pool: new PromptPool(about.served),
      gapLimitMs: this.#options.gapLimitMs ?? 5 * MINUTE,
    });
    this.#hosts.set(host.id, host);
    return host;
  }

  get models(): readonly ServedModel[] {
    return this.#options.models;
  }

  get hosts(): readonly ModelHost[] {
    return [...this.#hosts.values()];
  }

  /** What the server says of itself. */
  capabilities(): object {
    const { isExtended = true, version, models } = this.#options;
    return {
      supported_models: models.map(({ name }) => ({ model_name: name })),
      ...(isExtended && { fovea: { protocol: wire.EXTENSION_PROTOCOL, version } }),
    };
  }

  // Sessions

  createSession({ json }: CallBody): object {
    read(wire.createSessionSchema, json, "create_session");
    const id = randomUUID();
    this.#journal.add({ kind: "session", id });
    this.#sessions.set(id, { lastSeen: Date.now() });
    return { type: "create_session", session_id: id };
  }

  heartbeat({ json }: CallBody): object {
    this.#seen(read(wire.heartbeatSchema, json, "session_heartbeat").session_id);
    return { type: "session_heartbeat" };
  }

  #seen(id: string): void {
    const session = this.#sessions.get(id);
    if (session === undefined)
      throw new Refusal("unknown-session", `no session ${id}: it ended, or the server was restarted`);
    session.lastSeen = Date.now();
  }

  #expire(limit: number): void {
    this.#tidy();
    for (const [id, { lastSeen }] of this.#sessions) {
      if (Date.now() - lastSeen < limit) continue;
      const seconds = Math.round(limit / 1000);
      void this.#endSession(
        id,
        new Refusal("unknown-session", `the session ended: no sign of life for ${seconds} s`),
      );
    }
  }

  async #endSession(id: string, reason: Refusal): Promise<void> {
    this.#sessions.delete(id);
    this.#note({ kind: "session-end", id });
    for (const host of this.hosts) if (host.session === id) await this.#endModel(host, reason);
    this.#samplers.endSession(id);
    this.#futures.failAll(id, reason);
  }

  /** Adds a line whose loss does no harm. */
  #note(entry: JournalEntry): void {
    try {
      this.#journal.add(entry);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  // Models

  createModel({ json, digest }: CallBody): object {
    const call = "create_model";
    const request = read(wire.createModelSchema, json, call);
    const { session_id: session, base_model: baseModel, model_seq_id: sequence } = request;
    this.#seen(session);
    const served = this.#servedByName(baseModel);
    const rank = request.lora_config?.rank ?? 0;
    const valueHead = request.fovea?.value_head ?? false;
    const id = `${session}-train-${sequence ?? randomUUID()}`;
    const key = sequence == null ? undefined : `model ${session}#${sequence}`;
    const request_id = this.#futures.begin({ call, session, key, digest }, async () => {
      this.#checkModel(request.model_role);
      this.#opening += 1;
      try {
        const lora = (this.#options.isLoraFull ?? false) ? undefined : loraRequest(request.lora_config);
        const engine = await served.open({ lora, valueHead });
        if (!this.#sessions.has(session)) {
          await engine.close();
          throw new Refusal("unknown-session", "the session ended while its model was being opened");
        }
        this.#journal.add(this.#addHost({ id, session, rank, lora, valueHead, served, engine }).entry());
        const { isExtended = true } = this.#options;
        return {
          type: call,
          model_id: id,
          ...(isExtended && { fovea: { capabilities: [...engine.capabilities] } }),
        };
      } finally {
        this.#opening -= 1;
      }
    });
    return { request_id, model_id: id };
  }

  #checkModel(role: string | null | undefined): void {
    const { maxModels = 4 } = this.#options;
    if (role === "critic")
      throw new Refusal("unsupported", "model_role: this server has no critics of their own");
    if (this.#hosts.size + this.#opening >= maxModels) {
      throw new Refusal("too-many-models", `${maxModels} models are open; this server opens no more at once`);
    }
  }

  #servedByName(name: string): ServedModel {
    const served = this.#options.models.find((model) => model.name === name);
    if (served !== undefined) return served;
    const names = this.#options.models.map((model) => model.name).join(", ");
    throw new Refusal("unknown-base-model", `base_model: no model ${name}; this server has: ${names}`);
  }

  #host(id: string): ModelHost {
    const host = this.#hosts.get(id);
    if (host === undefined) {
      throw new Refusal("unknown-model", `no model ${id}: it was unloaded, or lost when the server ended`);
    }
    this.#seen(host.session);
    return host;
  }

  getInfo({ json }: CallBody): object {
    const { model_id } = read(wire.modelRequestSchema, json, "get_info");
    const { served, rank } = this.#host(model_id);
    return {
      type: "get_info",
      model_id,
      model_name: served.name,
      is_lora: rank > 0,
      lora_rank: rank,
      model_data: { arch: "qwen2_5_vl", model_name: served.name, tokenizer_id: served.name },
    };
  }

  unloadModel({ json }: CallBody): object {
    const call = "unload_model";
    const { model_id } = read(wire.modelRequestSchema, json, call);
    const host = this.#host(model_id);
    const request_id = this.#futures.begin({ call, session: host.session }, async () => {
      await this.#endModel(host, new Refusal("unknown-model", `the model ${model_id} was unloaded`));
      return { type: call, model_id };
    });
    return { request_id };
  }

  async #endModel(host: ModelHost, reason: Refusal): Promise<void> {
    this.#hosts.delete(host.id);
    this.#note({ kind: "model-end", id: host.id });
    this.#sampling.forget(host.id);
    await host.close(reason);
  }

  /** A request that changes a model, in its turn. */
  mutate(name: TrainingCallName, { json, digest }: CallBody): object {
    const { model_id, seq_id } = read(wire.modelRequestSchema, json, name);
    const host = this.#host(model_id);
    const key = seq_id == null ? undefined : `${model_id}#${seq_id}`;
    const context = { checkpoints: this.checkpoints, sampling: this.#sampling, samplers: this.#samplers };
    const { schema, work } = TRAINING_CALLS[name];
    const request_id = this.#futures.begin({ call: name, session: host.session, key, digest }, () =>
      // A body that cannot be read takes its turn too, so that the number after it is not waited for in vain.
      host.inTurn(seq_id, async () => {
        const result = await work(host, read(schema, json, name), context);
        return { type: name, ...result };
      }),
    );
    return { request_id, model_id };
  }

  // Sampling

  createSamplingSession({ json, digest }: CallBody): object {
    const call = "create_sampling_session";
    const request = read(wire.createSamplingSessionSchema, json, call);
    this.#seen(request.session_id);
    const key = `${request.session_id}#${request.sampling_session_seq_id}`;
    const source = () => this.#source(request.model_path, request.base_model, call);
    return { type: call, sampling_session_id: this.#samplers.begin(request.session_id, key, digest, source) };
  }

  #source(
    path: string | null | undefined,
    baseModel: string | null | undefined,
    call: string,
  ): Exclude<SamplerSource, { kind: "model" }> {
    if (path != null) return { kind: "checkpoint", path, baseModel: this.checkpoints.find(path).baseModel };
    if (baseModel == null)
      throw new Refusal("bad-request", `${call}: expected base_model or model_path, got neither`);
    return { kind: "base", baseModel: this.#servedByName(baseModel).name };
  }

  sampler(id: string): Sampler {
    const sampler = this.#samplers.find(id);
    this.#seen(sampler.session);
    return sampler;
  }

  sample({ json, digest }: CallBody): object {
    const call = "asample";
    const request = read(wire.sampleRequestSchema, json, call);
    const { sampling_session_id: id, seq_id } = request;
    let sampler: Sampler;
    if (id != null) sampler = this.sampler(id);
    else {
      const source = this.#source(request.model_path, request.base_model, call);
      sampler = { id: randomUUID(), session: "", served: this.#servedByName(source.baseModel), source };
    }
    const key = id == null || seq_id == null ? undefined : `${id}#${seq_id}`;
    const request_id = this.#futures.begin({ call, session: sampler.session, key, digest }, () =>
      this.#sampling.sample(sampler, request),
    );
    return { request_id };
  }

  // Results

  /** A result; undefined when there is none yet. */
  async retrieve({ json }: CallBody, gone: AbortSignal): Promise<object | undefined> {
    const { request_id } = read(wire.retrieveSchema, json, "retrieve_future");
    const session = this.#futures.sessionOf(request_id);
    if (session !== undefined && this.#sessions.has(session)) this.#seen(session);
    return this.#futures.wait(request_id, this.#options.pollMs ?? 20_000, gone);
  }

  /** Puts models down so that they can be taken up again. One that is busy or has a half-made gradient cannot be. */
  async close(): Promise<void> {
    clearInterval(this.#expiry);
    const busy = new Set(this.hosts);
    const idle = Promise.all(this.hosts.map(async (host) => host.idle().then(() => busy.delete(host))));
    await Promise.race([idle, delay(this.#options.restLimitMs ?? MINUTE, undefined, { ref: false })]);
    this.#futures.freeze();
    for (const host of this.hosts) {
      if (!host.hasGradient && !busy.has(host)) {
        const { id, nextSequence, version } = host;
        const directory = await this.checkpoints.rest(host).catch(() => undefined);
        if (directory !== undefined) this.#note({ kind: "rested", id, directory, nextSequence, version });
      }
      this.#hosts.delete(host.id);
      await host.close(new Refusal("unknown-model", "the server is ending"));
    }
    await this.#sampling.close();
    this.#journal.close();
  }
}
