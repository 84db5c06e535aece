/**
 * @module
 * The work of each call, apart from HTTP: sessions and models, training in order, sampling, checkpoints.
 * Calls that take time answer with the id of a future.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { wire } from "../engine/index.ts";
import { errorText } from "../parts/index.ts";
import { Checkpoints } from "./checkpoints.ts";
import { Futures } from "./futures.ts";
import { type ModelHost, modelId } from "./model-host.ts";
import type { ModelRecord } from "./model-records.ts";
import { type LostModel, OpenModels } from "./open-models.ts";
import type { CallBody } from "./read-body.ts";
import { read } from "./read-request.ts";
import { Refusal } from "./refusal.ts";
import { Results } from "./results.ts";
import { SampleQueue } from "./sample-queue.ts";
import { SamplerEngines } from "./sampler-engines.ts";
import { type Sampler, type SamplerSource, Samplers } from "./samplers.ts";
import { sampleAnswer } from "./sampling.ts";
import { loraRequest, type ServedModel } from "./served-model.ts";
import type { ServiceOptions } from "./service-options.ts";
import { Sessions } from "./sessions.ts";
import type { StateDatabase } from "./state-database.ts";
import { loadable, TRAINING_CALLS, type TrainingCallName } from "./training-calls.ts";

const MINUTE = 60_000;

export class TinkerService {
  readonly #options: ServiceOptions;
  readonly #database: StateDatabase;
  readonly #sessions: Sessions;
  readonly #models: OpenModels;
  readonly #results: Results;
  readonly #futures: Futures;
  readonly #engines: SamplerEngines;
  readonly queue: SampleQueue;
  readonly checkpoints: Checkpoints;
  readonly #samplers: Samplers;
  /** Samples under way. */
  readonly #sampling = new Set<Promise<unknown>>();
  readonly #expiry: NodeJS.Timeout;

  /** @param database of the state directory; the service closes it */
  constructor(options: ServiceOptions, database: StateDatabase) {
    this.#options = options;
    this.#database = database;
    this.#sessions = new Sessions(database);
    this.checkpoints = new Checkpoints(options.state, database);
    this.#models = new OpenModels({
      options,
      database,
      sessions: this.#sessions,
      checkpoints: this.checkpoints,
      onFault: (host, reason) => this.#onFault(host, reason),
    });
    this.#results = new Results(database, options.resultLimit);
    this.#futures = new Futures(this.#results);
    this.#engines = new SamplerEngines({
      host: (model) => this.#models.find(model),
      checkpoints: this.checkpoints,
    });
    this.queue = new SampleQueue({
      engines: this.#engines,
      seed: options.seed ?? 0,
      batchLimitMs: 2 * MINUTE,
    });
    this.#samplers = new Samplers(database, (source) => this.#servedOf(source));
    const limit = options.sessionLimitMs ?? 10 * MINUTE;
    this.#expiry = setInterval(() => this.#expire(limit), Math.min(limit, MINUTE)).unref();
  }

  /** Resumes the state that the server had when it ended in order. */
  async start(): Promise<void> {
    this.checkpoints.recover();
    this.#sessions.resume();
    await this.#models.resume();
    for (const source of this.#samplers.sources()) {
      if (source.kind === "model") this.#engines.want(source.model, source.version);
    }
    this.#results.begin();
    this.#models.noteResumed();
    const ids = (models: readonly { readonly id: string }[]) => models.map(({ id }) => id);
    this.checkpoints.sweep(ids(this.hosts), ids(this.waiting));
  }

  #servedOf(source: SamplerSource): ServedModel | undefined {
    return this.#options.models.find(({ name }) => name === source.baseModel);
  }

  get models(): readonly ServedModel[] {
    return this.#options.models;
  }

  get hosts(): readonly ModelHost[] {
    return this.#models.all;
  }

  /** Suspended models whose base model is not served now; they are resumed by a server that serves it. */
  get waiting(): readonly ModelRecord[] {
    return this.#models.waiting;
  }

  /** The server's description of itself. */
  capabilities(): object {
    const { isExtended = true, version, models } = this.#options;
    return {
      supported_models: models.map(({ name }) => ({ model_name: name })),
      ...(isExtended && {
        fovea: { protocol: wire.EXTENSION_PROTOCOL, version, wire: ["protobuf", "json"] },
      }),
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

  /** Ends a session and releases its models; an ended session stays as it is. */
  async finishSession(id: string): Promise<object> {
    if (this.#sessions.has(id)) {
      await this.#endSession(id, new Refusal("unknown-session", "the session was finished by its client"));
    }
    return {};
  }

  #expire(limit: number): void {
    const seconds = Math.round(limit / 1000);
    // While its model cannot be used, nobody has a reason to give a sign of life.
    const waiting = new Set(this.waiting.map(({ session }) => session));
    for (const id of this.#sessions.silent(limit).filter((silent) => !waiting.has(silent))) {
      const reason = new Refusal("unknown-session", `the session ended: no sign of life for ${seconds} s`);
      this.#endSession(id, reason).catch((error: unknown) => {
        process.emitWarning(`session ${id}: could not be ended whole: ${errorText(error)}`);
      });
    }
  }

  async #endSession(id: string, reason: Refusal): Promise<void> {
    // First, so that what is under way fails for this reason and not because its engine is closed.
    this.#futures.failAll({ session: id }, reason);
    this.#sessions.end(id, reason);
    this.#models.forgetWaiting(id);
    const own = this.hosts.filter((host) => host.session === id);
    const ended = await Promise.allSettled(own.map((host) => this.#endModel(host, reason)));
    const failed = ended.find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  // Models

  createModel({ json, digest }: CallBody): object {
    const call = "create_model";
    const request = read(wire.createModelSchema, json, call);
    const { session_id: session, base_model, model_seq_id: sequence } = request;
    const served = this.#servedByName(base_model);
    return this.#opened({ call, session, sequence, digest }, async (id) => {
      this.#models.check(request);
      const isFull = this.#options.isLoraFull ?? false;
      const { capabilities } = await this.#models.open(id, {
        session,
        served,
        rank: request.lora_config?.rank ?? 0,
        lora: isFull ? undefined : loraRequest(request.lora_config),
        valueHead: request.fovea?.value_head ?? false,
      });
      const { isExtended = true } = this.#options;
      return isExtended ? { fovea: { capabilities: [...capabilities] } } : {};
    });
  }

  /** Loads a checkpoint: into a model, or as a new model's first request where the session is named instead. */
  loadWeights(body: CallBody): object {
    const call = "load_weights";
    const { session_id: session } = read(wire.newModelSchema.partial(), body.json, call);
    if (session === undefined) return this.mutate(call, body);
    const request = read(wire.loadNewModelSchema, body.json, call);
    const { model_seq_id: sequence, base_model, path, optimizer } = request;
    const { digest } = body;
    return this.#opened({ call, session, sequence, digest }, async (id) => {
      this.#models.check(request);
      const found = loadable(this.checkpoints, request, { baseModel: base_model });
      const { baseModel, rank, lora, directory } = found;
      const served = this.#servedByName(baseModel);
      const about = { session, served, rank, lora, valueHead: false };
      await this.#models.open(id, about, async (engine) => {
        await engine.load(directory);
        if (!optimizer) await this.checkpoints.reloadBare({ id, engine });
      });
      return { path };
    });
  }

  /** The answer to a call that opens a model: a future, and the id that the model will have. */
  #opened(
    about: {
      readonly call: string;
      readonly session: string;
      readonly sequence: number | null | undefined;
      readonly digest: string;
    },
    open: (id: string) => Promise<object>,
  ): object {
    const { call, session, sequence, digest } = about;
    this.#sessions.seen(session);
    const id = modelId(session, sequence);
    const key = sequence == null ? undefined : `model ${session}#${sequence}`;
    const request_id = this.#futures.begin({ call, session, key, digest }, async () => ({
      type: call,
      model_id: id,
      ...(await open(id)),
    }));
    return { request_id, model_id: id };
  }

  #servedByName(name: string): ServedModel {
    const served = this.#options.models.find((model) => model.name === name);
    if (served !== undefined) return served;
    const names = this.#options.models.map((model) => model.name).join(", ");
    throw new Refusal("unknown-base-model", `base_model: no model ${name}; this server has: ${names}`);
  }

  getInfo({ json }: CallBody): object {
    const { model_id } = read(wire.modelRequestSchema, json, "get_info");
    const { served, rank } = this.#models.get(model_id);
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
    const host = this.#models.get(model_id);
    const request_id = this.#futures.begin({ call, session: host.session }, async () => {
      const reason = new Refusal("unknown-model", `the model ${model_id} was unloaded`);
      await this.#dropModel(host, reason);
      return { type: call, model_id };
    });
    return { request_id };
  }

  /** Ends a model while its session continues. */
  async #dropModel(host: ModelHost, reason: Refusal): Promise<void> {
    this.#futures.failAll({ model: host.id }, reason);
    await this.#endModel(host, reason);
  }

  #onFault(host: ModelHost, reason: Refusal): void {
    this.#dropModel(host, reason).catch((error: unknown) => {
      process.emitWarning(`model ${host.id}: could not be ended whole: ${errorText(error)}`);
    });
  }

  async #endModel(host: ModelHost, reason: Refusal): Promise<void> {
    this.#engines.forget(host.id);
    await this.#models.end(host, reason);
  }

  /** A request that changes a model, in its turn. */
  mutate(name: TrainingCallName, { json, whole, digest }: CallBody): object {
    const { model_id, seq_id } = read(wire.modelRequestSchema, json, name);
    const host = this.#models.get(model_id);
    const key = seq_id == null ? undefined : `${model_id}#${seq_id}`;
    const context = { checkpoints: this.checkpoints, engines: this.#engines, samplers: this.#samplers };
    const { schema, work } = TRAINING_CALLS[name];
    const request_id = this.#futures.begin(
      { call: name, session: host.session, model: model_id, key, digest },
      () =>
        // A body that cannot be read takes its turn too, so that the request after it does not wait forever.
        host.inTurn(seq_id, async () => {
          const result = await work(host, read(schema, whole?.() ?? json, name), context);
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
      const from = this.#source(request.model_path, request.base_model, call);
      sampler = { id: randomUUID(), session: "", served: this.#servedByName(from.baseModel), source: from };
    }
    const key = id == null || seq_id == null ? undefined : `${id}#${exactNumber(seq_id, digest)}`;
    const signal = this.#sessions.signal(sampler.session);
    const { isExtended = true } = this.#options;
    const context = { engines: this.#engines, queue: this.queue, isExtended };
    const { session, source } = sampler;
    const model = source.kind === "model" ? source.model : undefined;
    const request_id = this.#futures.begin({ call, session, model, key, digest }, () =>
      this.#noting(sampleAnswer(context, sampler, request, signal)),
    );
    const ids = Array.from({ length: request.num_samples }, (_, i) => `${request_id}-${i}`);
    return { request_id, sample_sequence_ids: ids };
  }

  async #noting<T>(sampling: Promise<T>): Promise<T> {
    this.#sampling.add(sampling);
    try {
      return await sampling;
    } finally {
      this.#sampling.delete(sampling);
    }
  }

  // Results

  /** A result, JSON; undefined when there is none yet. */
  async retrieve({ json }: CallBody, gone: AbortSignal): Promise<string | undefined> {
    const { request_id } = read(wire.retrieveSchema, json, "retrieve_future");
    const session = this.#futures.sessionOf(request_id);
    if (session !== undefined && this.#sessions.has(session)) this.#sessions.seen(session);
    return this.#futures.wait(request_id, this.#options.pollMs ?? 20_000, gone);
  }

  /** Ends in order: waits for operations under way, and suspends the models. Returns the models that it could not keep. */
  async close(): Promise<LostModel[]> {
    clearInterval(this.#expiry);
    this.queue.close();
    const idle = Promise.allSettled([...this.#sampling, ...this.hosts.map((host) => host.idle())]);
    await Promise.race([idle, delay(this.#options.restLimitMs ?? MINUTE, undefined, { ref: false })]);
    this.#futures.freeze();
    const lost = await this.#models.suspend();
    await this.#engines.close();
    this.#database.close();
    return lost;
  }
}

/**
 * A request's number as part of its key. Copies of a client number their requests from up to 10¹⁸, where JSON's numbers of two
 * requests are one: their bodies identify them.
 */
function exactNumber(sequence: number, digest: string): number | string {
  return Number.isSafeInteger(sequence) ? sequence : digest;
}
