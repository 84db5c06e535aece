/**
 * @module
 * A session with a Tinker server and the one model in it: signs of life, sequence numbers, and operations that answer
 * with a future whose result is waited for.
 */

import { EngineError, type FoveaError, SessionLostError } from "../../errors/index.ts";
import {
  type HttpClient,
  JSON_TYPE,
  NameTakenError,
  PENDING,
  type RequestBody,
  systemClock,
} from "./http-client.ts";
import { parsed } from "./parsed.ts";
import type { Clock, TinkerEngineOptions } from "./tinker-options.ts";
import {
  createSessionSchema,
  failureSchema,
  futureSchema,
  jsonText,
  modelAnswerSchema,
  samplingSessionAnswerSchema,
  sessionAnswerSchema,
  type WireForwardAnswer,
  type WireForwardInput,
  type WireSampleAnswer,
} from "./wire.ts";
import { type ForwardCall, jsonFormat, SCHEMA_SDK, type WireFormat } from "./wire-format.ts";

const API = "/api/v1";
/** What changes a model otherwise when it is done twice. */
const ADDING = new Set(["forward_backward", "optim_step"]);
/** Codes of a failed operation that mean that the model is gone. */
const LOST = new Set(["unknown-session", "unknown-model", "unknown-future", "unknown-sampling-session"]);

/** The model that a session trains. */
interface OpenModel {
  readonly id: string;
  readonly capabilities: readonly string[];
  /** Number of its next mutating request. */
  nextSequence: number;
}

/** A request whose answer is a future. */
interface Submission {
  readonly call: string;
  /** Below the API's address. */
  readonly path: string;
  readonly body: RequestBody;
  /** The call's name in errors. */
  readonly name: string;
}

const json = (body: object): RequestBody => ({ type: JSON_TYPE, content: jsonText(body) });

/** Does work with another model in the place of the session's. */
export type InPlace = <T>(work: () => Promise<T>) => Promise<T>;

/** A session, from its start to its end. */
export class TinkerSession {
  readonly #http: HttpClient;
  readonly #clock: Clock;
  readonly #options: TinkerEngineOptions;
  readonly #futureLimitMs: number;
  #id = "";
  #nextModel = 0;
  #nextSampler = 0;
  #model: OpenModel | undefined;
  /** Ids of the models beside it. */
  #others: string[] = [];
  #heartbeat: NodeJS.Timeout | undefined;
  /** Whether the server does a request of a number again where it comes again. */
  #isDoneEachTime = false;
  #lost: FoveaError | undefined;
  #format: WireFormat = jsonFormat;

  constructor(http: HttpClient, options: TinkerEngineOptions) {
    this.#http = http;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#futureLimitMs = options.futureLimitMs ?? 3_600_000;
  }

  /** How large bodies are written from now on. */
  use(format: WireFormat): void {
    this.#format = format;
  }

  get format(): WireFormat {
    return this.#format;
  }

  /** Begins a session; one that was lost is forgotten, and its models too if they are there still. */
  async start(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#unloadAll();
    const body = json({
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
    this.#lost = undefined;
    const period = this.#options.heartbeatMs ?? 10_000;
    this.#heartbeat = setInterval(() => void this.#beat(), period).unref();
  }

  async #beat(): Promise<void> {
    const call = "session_heartbeat";
    const body = json({ session_id: this.#id, type: call });
    try {
      await this.#noting(
        this.#http.send({ call, path: `${API}/${call}`, body, isOfSession: true, isOnce: true }),
      );
    } catch {
      // One that does not get through is followed by the next.
    }
  }

  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /** What the model can do beyond the protocol. */
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
   * Another model like the session's. It stays until the session's is given up: SkyRL's JAX backend frees models in the first
   * of several processes only, and then gives later ones different places.
   *
   * @returns what does work with it in the place of the session's
   */
  async beside(baseModel: string): Promise<InPlace> {
    const other = await this.#newModel(baseModel, undefined);
    this.#others.push(other.id);
    return async (work) => {
      const own = this.#model;
      this.#model = other;
      try {
        return await work();
      } finally {
        this.#model = own;
      }
    };
  }

  async #newModel(baseModel: string, extension: object | undefined): Promise<OpenModel> {
    const call = "create_model";
    const { loraRank = 0, loraSeed } = this.#options;
    const answer = await this.operation(call, {
      session_id: this.#id,
      model_seq_id: this.#nextModel++,
      base_model: baseModel,
      lora_config: { rank: loraRank, ...(loraSeed !== undefined && { seed: loraSeed }) },
      model_role: "policy",
      ...(extension && { fovea: extension }),
    });
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
    const body = json({ type: call, model_id: id });
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
      body: json({ type: call, ...head, ...fields }),
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
    if (model === undefined) throw this.#lost ?? new SessionLostError(`${call}: there is no model`);
    const sequence = model.nextSequence++;
    const name = `${call} ${sequence}`;
    let future: string;
    try {
      const made = await make({ model_id: model.id, seq_id: sequence });
      future = await this.#submit({ call, name, ...made });
    } catch (error) {
      // The server did not take it, so its number is still to come.
      model.nextSequence = sequence;
      throw error;
    }
    return this.#awaited(future, name, accept);
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
    this.#requireLive();
    const body = json({
      type: call,
      session_id: this.#id,
      sampling_session_seq_id: this.#nextSampler++,
      model_path: path,
    });
    const answer = await this.#http.send({ call, path: `${API}/${call}`, body, isOfSession: true });
    return parsed(samplingSessionAnswerSchema, answer, call).sampling_session_id;
  }

  /** Sends a forward pass twice under one number, and notes whether the server takes it for two. */
  async measureRepeats(input: WireForwardInput): Promise<void> {
    const call = "forward";
    const model = this.#model;
    if (model === undefined) throw this.#lost ?? new SessionLostError(`${call}: there is no model`);
    const head = { model_id: model.id, seq_id: model.nextSequence++ };
    const made = await this.#format.forward(call, { ...head, input });
    const futures: string[] = [];
    for (let time = 0; time < 2; time++) futures.push(await this.#submit({ call, name: call, ...made }));
    for (const future of futures) await this.#awaited(future, call, this.#format.accept);
    this.#isDoneEachTime = new Set(futures).size === 2;
  }

  /** Sends a request for samples; its result is had from `sampled`. */
  submitSample(fields: object): Promise<string> {
    const call = "asample";
    return this.#submit({ call, path: call, name: call, body: json({ type: "sample", ...fields }) });
  }

  /** Waits for samples, for as long as the limit allows. */
  async sampled(requestId: string): Promise<WireSampleAnswer> {
    const call = "asample";
    const format = this.#format;
    return format.sampleAnswer(await this.#awaited(requestId, call, format.accept), call);
  }

  /** Sends a request and waits for what comes of it. */
  async operation(call: string, fields: object): Promise<unknown> {
    const body = json({ type: call, ...fields });
    return this.#awaited(await this.#submit({ call, path: call, name: call, body }), call);
  }

  async #submit({ call, path, body, name }: Submission): Promise<string> {
    this.#requireLive();
    const isOfSession = call !== "create_model";
    const isDoneEachTime = this.#isDoneEachTime && ADDING.has(call);
    const answer = await this.#noting(
      this.#http.send({ call: name, path: `${API}/${path}`, body, isOfSession, isDoneEachTime }),
    );
    return parsed(futureSchema, answer, name).request_id;
  }

  /**
   * Waits for a result, for as long as the limit allows.
   *
   * @throws EngineError when the operation failed, or does not end
   */
  #awaited(requestId: string, name: string, accept?: string): Promise<unknown> {
    return this.#noting(this.#result(requestId, name, accept));
  }

  async #result(requestId: string, name: string, accept: string = JSON_TYPE): Promise<unknown> {
    const start = this.#clock.now();
    const body = json({ request_id: requestId });
    const path = `${API}/retrieve_future`;
    for (;;) {
      const answer = await this.#http.send({
        call: name,
        path,
        body,
        accept,
        isOfSession: true,
        mayWait: true,
      });
      if (answer !== PENDING && (answer as { readonly type?: unknown }).type !== "try_again") {
        return this.#checked(answer, name);
      }
      if (this.#clock.now() - start > this.#futureLimitMs) {
        const seconds = Math.round(this.#futureLimitMs / 1000);
        throw new EngineError(
          `${name}: no result after ${seconds} s (future ${requestId} at ${this.#http.url})`,
        );
      }
      this.#requireLive();
    }
  }

  #checked(answer: unknown, name: string): unknown {
    const failure = failureSchema.safeParse(answer);
    if (!failure.success) return answer;
    const { error, code } = failure.data;
    if (code != null && LOST.has(code)) {
      throw new SessionLostError(`${name}: ${this.#http.url} has lost the session: ${error}`);
    }
    throw new EngineError(`${name}: ${this.#http.url}: ${error}`);
  }

  /** Notes that the session is lost where work in it fails by that; what an earlier session left behind says nothing of it. */
  async #noting<T>(work: Promise<T>): Promise<T> {
    const id = this.#id;
    try {
      return await work;
    } catch (error) {
      if (error instanceof SessionLostError && id === this.#id) this.#lost = error;
      throw error;
    }
  }

  #requireLive(): void {
    if (this.#lost !== undefined) throw this.#lost;
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    if (!this.isLost) await this.#unloadAll();
  }
}
