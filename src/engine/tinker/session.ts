/**
 * @module
 * A session with a Tinker server and the one model in it: signs of life, sequence numbers, and operations that answer
 * with a future whose result is waited for.
 */

import type * as z from "zod";
import { EngineError, type FoveaError, SessionLostError } from "../../errors/index.ts";
import { type HttpClient, NameTakenError, PENDING, systemClock } from "./http-client.ts";
import type { Clock, TinkerEngineOptions } from "./tinker-options.ts";
import {
  createSessionSchema,
  failureSchema,
  futureSchema,
  modelAnswerSchema,
  samplingSessionAnswerSchema,
  sessionAnswerSchema,
} from "./wire.ts";

const API = "/api/v1";
const SDK_VERSION = "fovea";
/** What changes a model otherwise when it is done twice. */
const ADDING = new Set(["forward_backward", "optim_step"]);
/** Codes of a failed operation that mean that the model is gone. */
const LOST = new Set(["unknown-session", "unknown-model", "unknown-future", "unknown-sampling-session"]);

/**
 * An answer in its expected form.
 *
 * @throws EngineError naming the call and what is wrong
 */
export function parsed<T extends z.ZodType>(schema: T, answer: unknown, call: string): z.output<T> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "the answer" : issue.path.join(".");
  throw new EngineError(`${call}: the server speaks another protocol: ${where}: ${issue?.message}`);
}

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

  constructor(http: HttpClient, options: TinkerEngineOptions) {
    this.#http = http;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#futureLimitMs = options.futureLimitMs ?? 3_600_000;
  }

  /** Begins a session; one that was lost is forgotten, and its models too if they are there still. */
  async start(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#unloadAll();
    const body = JSON.stringify({
      ...createSessionSchema.parse({ sdk_version: SDK_VERSION }),
      type: "create_session",
      tags: [],
      user_metadata: {},
    });
    const call = "create_session";
    const answer = await this.#http.send({ call, path: `${API}/create_session`, body });
    this.#id = parsed(sessionAnswerSchema, answer, call).session_id;
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
    const body = JSON.stringify({ session_id: this.#id, type: call });
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
    const body = JSON.stringify({ type: call, model_id: id });
    try {
      await this.#http.send({ call, path: `${API}/${call}`, body, isOnce: true });
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
  }

  /** A mutating request of the model: it takes the next sequence number. */
  async mutate(call: string, fields: object): Promise<unknown> {
    const model = this.#model;
    if (model === undefined) throw this.#lost ?? new SessionLostError(`${call}: there is no model`);
    const sequence = model.nextSequence++;
    const name = `${call} ${sequence}`;
    let future: string;
    try {
      future = await this.submit(call, { model_id: model.id, seq_id: sequence, ...fields }, name);
    } catch (error) {
      // The server did not take it, so its number is still to come.
      model.nextSequence = sequence;
      throw error;
    }
    return this.result(future, name);
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
    const body = JSON.stringify({
      type: call,
      session_id: this.#id,
      sampling_session_seq_id: this.#nextSampler++,
      model_path: path,
    });
    const answer = await this.#http.send({ call, path: `${API}/${call}`, body, isOfSession: true });
    return parsed(samplingSessionAnswerSchema, answer, call).sampling_session_id;
  }

  /** Sends a request without effect twice under one number, and notes whether the server takes it for two. */
  async measureRepeats(call: string, fields: object): Promise<void> {
    const model = this.#model;
    if (model === undefined) throw this.#lost ?? new SessionLostError(`${call}: there is no model`);
    const request = { model_id: model.id, seq_id: model.nextSequence++, ...fields };
    const first = await this.submit(call, request);
    const again = await this.submit(call, request);
    for (const future of [first, again]) await this.result(future, call);
    this.#isDoneEachTime = first !== again;
  }

  /** Sends a request and waits for what comes of it. */
  async operation(call: string, fields: object, name: string = call): Promise<unknown> {
    return this.result(await this.submit(call, fields, name), name);
  }

  /** Sends a request; its result is had from `result`. */
  async submit(call: string, fields: object, name: string = call): Promise<string> {
    this.#requireLive();
    const isOfSession = call !== "create_model";
    const isDoneEachTime = this.#isDoneEachTime && ADDING.has(call);
    const body = JSON.stringify({ type: call === "asample" ? "sample" : call, ...fields });
    const answer = await this.#noting(
      this.#http.send({ call: name, path: `${API}/${call}`, body, isOfSession, isDoneEachTime }),
    );
    return parsed(futureSchema, answer, name).request_id;
  }

  /**
   * Waits for a result, for as long as the limit allows.
   *
   * @throws EngineError when the operation failed, or does not end
   */
  result(requestId: string, name: string): Promise<unknown> {
    return this.#noting(this.#result(requestId, name));
  }

  async #result(requestId: string, name: string): Promise<unknown> {
    const start = this.#clock.now();
    const body = JSON.stringify({ request_id: requestId });
    const request = { call: name, path: `${API}/retrieve_future`, body, isOfSession: true, mayWait: true };
    for (;;) {
      const answer = await this.#http.send(request);
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
