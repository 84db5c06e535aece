/**
 * @module
 * What each call does, apart from HTTP: sessions and models, training in order, sampling, checkpoints. Calls that take
 * time answer with the id of a future.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { wire } from "../engine/index.ts";
import { Checkpoints } from "./checkpoints.ts";
import { Futures } from "./futures.ts";
import { ModelHost } from "./model-host.ts";
import { type ModelPlace, type ModelRecord, ModelRecords } from "./model-records.ts";
import { PromptPool } from "./prompt-pool.ts";
import { read } from "./read-request.ts";
import { Refusal } from "./refusal.ts";
import { Results } from "./results.ts";
import { type Sampler, type SamplerSource, Samplers } from "./samplers.ts";
import { Sampling } from "./sampling.ts";
import { loraRequest, type ServedModel } from "./served-model.ts";
import type { ServiceOptions } from "./service-options.ts";
import { Sessions } from "./sessions.ts";
import type { StateDatabase } from "./state-database.ts";
import { TRAINING_CALLS, type TrainingCallName } from "./training-calls.ts";

/** A request's body, and its digest, by which it is known again. */
export interface CallBody {
  readonly json: unknown;
  readonly digest: string;
}

const MINUTE = 60_000;

export class TinkerService {
  readonly #options: ServiceOptions;
  readonly #database: StateDatabase;
  readonly #sessions: Sessions;
  readonly #models: ModelRecords;
  readonly #results: Results;
  readonly #futures: Futures;
  readonly #sampling: Sampling;
  readonly checkpoints: Checkpoints;
  readonly #hosts = new Map<string, ModelHost>();
  readonly #samplers: Samplers;
  #opening = 0;
  readonly #expiry: NodeJS.Timeout;

  /** @param database of the state directory; the service closes it */
  constructor(options: ServiceOptions, database: StateDatabase) {
    this.#options = options;
    this.#database = database;
    this.#sessions = new Sessions(database);
    this.#models = new ModelRecords(database);
    this.checkpoints = new Checkpoints(options.state, database);
    this.#results = new Results(database, options.resultLimit);
    this.#futures = new Futures(this.#results);
    this.#sampling = new Sampling({
      host: (model) => this.#hosts.get(model),
      checkpoints: this.checkpoints,
      seed: options.seed ?? 0,
      isExtended: options.isExtended ?? true,
      batchLimitMs: 2 * MINUTE,
    });
    this.#samplers = new Samplers(database, (source) => this.#servedOf(source));
    const limit = options.sessionLimitMs ?? 10 * MINUTE;
    this.#expiry = setInterval(() => this.#expire(limit), Math.min(limit, MINUTE)).unref();
  }

  /** Takes up what the server had when it ended in order. */
  async start(): Promise<void> {
    this.#sessions.resume();
    for (const model of this.#models.rested()) {
      const served = this.#options.models.find(({ name }) => name === model.baseModel);
      if (served === undefined) continue;
      const engine = await served.open({ lora: model.lora, valueHead: model.valueHead });
      await engine.load(this.checkpoints.restedDirectory(model.id)).catch(async (error: unknown) => {
        await engine.close();
        throw error;
      });
      this.#addHost({ ...model, served, engine });
    }
    for (const source of this.#samplers.sources()) {
      if (source.kind === "model") this.#sampling.want(source.model, source.version);
    }
    this.#results.begin();
    this.#models.takenUp([...this.#hosts.keys()]);
    this.checkpoints.sweep(new Set(this.#hosts.keys()));
  }

  #servedOf(source: SamplerSource): ServedModel | undefined {
    return this.#options.models.find(({ name }) => name === source.baseModel);
  }

  #addHost(
    about: Omit<ModelRecord, "baseModel"> &
      Partial<ModelPlace> & { readonly served: ServedModel; readonly engine: ModelHost["engine"] },
  ): ModelHost {
    const host = new ModelHost({
      ...about,
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
    return { type: "create_session", session_id: this.#sessions.begin() };
  }

  heartbeat({ json }: CallBody): object {
    this.#sessions.seen(read(wire.heartbeatSchema, json, "session_heartbeat").session_id);
    return { type: "session_heartbeat" };
  }

  #expire(limit: number): void {
    const seconds = Math.round(limit / 1000);
    for (const id of this.#sessions.silent(limit)) {
      void this.#endSession(
        id,
        new Refusal("unknown-session", `the session ended: no sign of life for ${seconds} s`),
      );
    }
  }

  async #endSession(id: string, reason: Refusal): Promise<void> {
    this.#sessions.end(id);
    for (const host of this.hosts) if (host.session === id) await this.#endModel(host, reason);
    this.#futures.failAll(id, reason);
  }

  // Models

  createModel({ json, digest }: CallBody): object {
    const call = "create_model";
    const request = read(wire.createModelSchema, json, call);
    const { session_id: session, base_model: baseModel, model_seq_id: sequence } = request;
    this.#sessions.seen(session);
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
        try {
          if (!this.#sessions.has(session)) {
            throw new Refusal("unknown-session", "the session ended while its model was being opened");
          }
          this.#models.add({ id, session, baseModel, rank, lora, valueHead });
        } catch (error) {
          await engine.close();
          throw error;
        }
        this.#addHost({ id, session, rank, lora, valueHead, served, engine });
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
    this.#sessions.seen(host.session);
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
      model_data: { arch: served.architecture, model_name: served.name, tokenizer_id: served.name },
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
    this.#models.end(host.id);
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
    this.#sessions.seen(request.session_id);
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
    this.#sessions.seen(sampler.session);
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

  /** A result, JSON; undefined when there is none yet. */
  async retrieve({ json }: CallBody, gone: AbortSignal): Promise<string | undefined> {
    const { request_id } = read(wire.retrieveSchema, json, "retrieve_future");
    const session = this.#futures.sessionOf(request_id);
    if (session !== undefined && this.#sessions.has(session)) this.#sessions.seen(session);
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
        await this.checkpoints.rest(host).then(
          () => this.#models.rest(host.id, host),
          () => {},
        );
      }
      this.#hosts.delete(host.id);
      await host.close(new Refusal("unknown-model", "the server is ending"));
    }
    await this.#sampling.close();
    this.#database.close();
  }
}
