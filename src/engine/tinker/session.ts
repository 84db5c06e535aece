/**
 * @module
 * A session with a Tinker server and the one model in it: signs of life, sequence numbers, and operations that answer
 * with a future whose result is waited for.
 */

import { EngineError, SessionLostError } from "../../errors/index.ts";
import { type HttpClient, NameTakenError } from "./http-client.ts";
import { API, jsonBody, Operations, type ServerHabits, type Submission } from "./operations.ts";
import { parsed } from "./parsed.ts";
import type { TinkerEngineOptions } from "./tinker-options.ts";
import {
  createSessionSchema,
  type ForwardCall,
  modelAnswerSchema,
  samplingSessionAnswerSchema,
  sessionAnswerSchema,
  type WireForwardAnswer,
  type WireForwardInput,
  type WireSampleAnswer,
} from "./wire.ts";
import { jsonFormat, SCHEMA_SDK, type WireFormat } from "./wire-format.ts";

/** The model that a session trains. */
interface OpenModel {
  readonly id: string;
  readonly capabilities: readonly string[];
  /** Number of its next mutating request. */
  nextSequence: number;
}

/** Does work with another model in the place of the session's. */
export type InPlace = <T>(work: () => Promise<T>) => Promise<T>;

/** A session, from its start to its end. */
export class TinkerSession {
  readonly #http: HttpClient;
  readonly #options: TinkerEngineOptions;
  #id = "";
  #nextModel = 0;
  #nextSampler = 0;
  #model: OpenModel | undefined;
  /** Ids of the models beside it. */
  #others: string[] = [];
  #heartbeat: NodeJS.Timeout | undefined;
  readonly #server: ServerHabits = { isDoneEachTime: false };
  #operations: Operations;
  #format: WireFormat = jsonFormat;

  constructor(http: HttpClient, options: TinkerEngineOptions) {
    this.#http = http;
    this.#options = options;
    this.#operations = new Operations(http, options, this.#server);
  }

  /** How large bodies are written from now on. */
  use(format: WireFormat): void {
    this.#format = format;
  }

  get format(): WireFormat {
    return this.#format;
  }

  /** Whether weights are loaded only as a model's first request, as all servers have it that speak protobuf. */
  get loadsFirst(): boolean {
    return this.#format.name === "protobuf";
  }

  /** Begins a session; one that was lost is forgotten, and its models too if they are there still. */
  async start(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#unloadAll();
    const body = jsonBody({
      ...createSessionSchema.parse({ sdk_version: SCHEMA_SDK }),
      type: "create_session",
      tags: [],
      user_metadata: {},
    });
    const call = "create_session";
    const answer = await this.#http.send({ call, path: `${API}/create_session`, body });
    const { session_id, error_message } = parsed(sessionAnswerSchema, answer, call);
    if (error_message != null) {
      throw new EngineError(`${call}: ${this.#http.url}: ${error_message} (sdk_version ${SCHEMA_SDK})`);
    }
    this.#id = session_id;
    this.#nextModel = 0;
    this.#nextSampler = 0;
    this.#model = undefined;
    this.#others = [];
    this.#operations = new Operations(this.#http, this.#options, this.#server);
    const period = this.#options.heartbeatMs ?? 10_000;
    this.#heartbeat = setInterval(() => void this.#beat(), period).unref();
  }

  async #beat(): Promise<void> {
    const call = "session_heartbeat";
    const body = jsonBody({ session_id: this.#id, type: call });
    try {
      await this.#operations.noting(
        this.#http.send({ call, path: `${API}/${call}`, body, isOfSession: true, isOnce: true }),
      );
    } catch {
      // One that does not get through is followed by the next.
    }
  }

  get isLost(): boolean {
    return this.#operations.lost !== undefined;
  }

  /** The model's capabilities beyond the protocol. */
  get capabilities(): readonly string[] {
    return this.#model?.capabilities ?? [];
  }

  /** Whether the model has taken no mutating request yet. */
  get isModelFresh(): boolean {
    return this.#model?.nextSequence === 1;
  }

  /** Makes the session's model; the one before is given up. */
  async createModel(baseModel: string, extension: object | undefined): Promise<void> {
    await this.#unloadAll();
    this.#model = await this.#newModel(baseModel, extension);
  }

  /**
   * Another model like the session's. It stays until the session's model is released: SkyRL's JAX backend frees
   * models in the first of several processes only, and then the processes give later models different places.
   *
   * @returns `inPlace` runs work with it in place of the session's model; `end` releases it early
   */
  async beside(baseModel: string): Promise<{ readonly inPlace: InPlace; readonly end: () => Promise<void> }> {
    const other = await this.#newModel(baseModel, undefined);
    this.#others.push(other.id);
    const inPlace: InPlace = async (work) => {
      const own = this.#model;
      this.#model = other;
      try {
        return await work();
      } finally {
        this.#model = own;
      }
    };
    const end = async () => {
      this.#others = this.#others.filter((id) => id !== other.id);
      await this.#unload(other.id);
    };
    return { inPlace, end };
  }

  async #newModel(baseModel: string, extension: object | undefined): Promise<OpenModel> {
    const call = "create_model";
    const { loraRank = 0, loraSeed } = this.#options;
    const number = this.#nextModel++;
    const fields = {
      session_id: this.#id,
      model_seq_id: number,
      base_model: baseModel,
      lora_config: { rank: loraRank, ...(loraSeed !== undefined && { seed: loraSeed }) },
      model_role: "policy",
      ...(extension && { fovea: extension }),
    };
    // A session that just began is there: what is not found for its first model is the base model.
    const answer = await this.#operation(call, fields, number > 0);
    const { model_id: id, fovea } = parsed(modelAnswerSchema, answer, call);
    return { id, capabilities: fovea?.capabilities ?? [], nextSequence: 1 };
  }

  async #unloadAll(): Promise<void> {
    const ids = [...this.#others.splice(0), ...(this.#model === undefined ? [] : [this.#model.id])];
    for (const id of ids) await this.#unload(id);
  }

  /** Lets the server free a model; one that cannot, or does not answer, is not waited for. */
  async #unload(id: string): Promise<void> {
    const call = "unload_model";
    const body = jsonBody({ type: call, model_id: id });
    try {
      await this.#http.send({ call, path: `${API}/${call}`, body, isOnce: true });
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
  }

  /** A mutating request of the model: it takes the next sequence number. */
  mutate(call: string, fields: object): Promise<unknown> {
    return this.#numbered(call, async (head) => ({
      path: call,
      body: jsonBody({ type: call, ...head, ...fields }),
    }));
  }

  /** A pass over data, which takes the next sequence number too. */
  async forward(call: ForwardCall, input: WireForwardInput, fovea?: object): Promise<WireForwardAnswer> {
    const format = this.#format;
    const answer = await this.#numbered(
      call,
      (head) => format.forward(call, { ...head, input, fovea }),
      format.accept,
    );
    return format.forwardAnswer(answer, call);
  }

  /** Submits what `make` makes of the model's next number, and waits for the result. */
  async #numbered(
    call: string,
    make: (head: {
      readonly model_id: string;
      readonly seq_id: number;
    }) => Promise<Pick<Submission, "path" | "body">>,
    accept?: string,
  ): Promise<unknown> {
    const model = this.#model;
    if (model === undefined)
      throw this.#operations.lost ?? new SessionLostError(`${call}: there is no model`);
    const sequence = model.nextSequence++;
    const name = `${call} ${sequence}`;
    let future: string;
    try {
      const made = await make({ model_id: model.id, seq_id: sequence });
      future = await this.#operations.submit({ call, name, isNumbered: true, ...made });
    } catch (error) {
      // The server did not take it, so its number is still to come; otherwise the session is lost.
      model.nextSequence = sequence;
      throw error;
    }
    return this.#operations.result(future, name, accept);
  }

  /**
   * A mutating request that saves under a name. Where the name is taken, because an earlier attempt was done and its answer
   * lost, it goes under another: saving twice does no harm.
   *
   * @param fields with a name of their own each time
   */
  async save(
    call: "save_weights" | "save_weights_for_sampler",
    fields: () => Readonly<Record<string, string | number>>,
  ): Promise<unknown> {
    try {
      return await this.mutate(call, fields());
    } catch (error) {
      if (!(error instanceof NameTakenError)) throw error;
      return this.mutate(call, fields());
    }
  }

  /** A sampling session of the model's present weights. */
  async samplerOfPresent(): Promise<string> {
    const call = "save_weights_for_sampler";
    const answer = await this.save(call, () => ({ sampling_session_seq_id: this.#nextSampler++ }));
    return parsed(samplingSessionAnswerSchema, answer, call).sampling_session_id;
  }

  /** A sampling session of weights that were saved. */
  async samplerOf(path: string): Promise<string> {
    const call = "create_sampling_session";
    this.#operations.requireLive();
    const body = jsonBody({
      type: call,
      session_id: this.#id,
      sampling_session_seq_id: this.#nextSampler++,
      model_path: path,
    });
    const request = { call, path: `${API}/${call}`, body, isOfSession: true };
    const answer = await this.#operations.noting(this.#http.send(request));
    return parsed(samplingSessionAnswerSchema, answer, call).sampling_session_id;
  }

  /** Sends a forward pass twice under one number, and notes whether the server takes it for two. */
  async measureRepeats(input: WireForwardInput): Promise<void> {
    const call = "forward";
    const model = this.#model;
    if (model === undefined)
      throw this.#operations.lost ?? new SessionLostError(`${call}: there is no model`);
    const head = { model_id: model.id, seq_id: model.nextSequence++ };
    const made = await this.#format.forward(call, { ...head, input });
    const futures: string[] = [];
    for (let time = 0; time < 2; time++)
      futures.push(await this.#operations.submit({ call, name: call, ...made }));
    for (const future of futures) await this.#operations.result(future, call, this.#format.accept);
    this.#server.isDoneEachTime = new Set(futures).size === 2;
  }

  /** Sends a request for samples; its result is had from `sampled`. */
  submitSample(fields: object): Promise<string> {
    const call = "asample";
    return this.#operations.submit({
      call,
      path: call,
      name: call,
      body: jsonBody({ type: "sample", ...fields }),
    });
  }

  /** Waits for samples, for as long as the limit allows. */
  async sampled(requestId: string): Promise<WireSampleAnswer> {
    const call = "asample";
    const format = this.#format;
    return format.sampleAnswer(await this.#operations.result(requestId, call, format.accept), call);
  }

  /** Sends a request and waits for what comes of it. */
  async #operation(call: string, fields: object, isOfSession: boolean): Promise<unknown> {
    const body = jsonBody({ type: call, ...fields });
    const future = await this.#operations.submit({ call, path: call, name: call, body, isOfSession });
    return this.#operations.result(future, call);
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    if (!this.isLost) await this.#unloadAll();
  }
}
