/**
 * @module
 * Sampling sessions. A session of a model samples from the weights that the model had then: from the model itself while
 * it has not moved on, afterwards from a copy that is written just before the next step. Copies of the newest sessions
 * are kept. Requests that can be sampled together are: those of one batch as the client marked them, and those without a
 * seed that come while the engine is busy.
 */

import type { Completion, Engine, Prompt, SampleRequest, wire } from "../engine/index.ts";
import { signalTensors } from "../engine/index.ts";
import { Rng } from "../math/index.ts";
import type { Checkpoints } from "./checkpoints.ts";
import type { ModelHost } from "./model-host.ts";
import { promptLogprobs } from "./prompt-logprobs.ts";
import { PromptPool, type ResolvedInput } from "./prompt-pool.ts";
import { Refusal } from "./refusal.ts";
import type { Sampler, SamplerSource } from "./samplers.ts";
import type { LoraRequest } from "./served-model.ts";
import { cutAtStop, stopTexts, stopTokens } from "./stop-sequences.ts";

/** Copies of earlier weights that are kept per model. */
const KEPT_SNAPSHOTS = 4;
const DEFAULT_MAX_TOKENS = 1024;

interface Member {
  readonly prompt: Prompt;
  readonly resolve: (group: Completion[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Members by their places in the batch. */
interface Batch {
  readonly members: Map<number, Member>;
  timer?: NodeJS.Timeout;
}

/** An engine for weights that no live model has. */
interface StandIn {
  readonly engine: Engine;
  /** Directory and time of its weights; "" for the base weights. */
  loaded: string;
}

export interface SamplingOptions {
  readonly host: (model: string) => ModelHost | undefined;
  readonly checkpoints: Checkpoints;
  readonly seed: number;
  /** Whether answers carry what the protocol lacks. */
  readonly isExtended: boolean;
  /** Longest that a batch waits for its members, ms. */
  readonly batchLimitMs: number;
}

export class Sampling {
  readonly #options: SamplingOptions;
  readonly #rng: Rng;
  readonly #batches = new Map<string, Batch>();
  readonly #loose = new Map<string, Member[]>();
  readonly #standIns = new Map<string, StandIn>();
  /** Versions of each model that a session samples from. */
  readonly #wanted = new Map<string, Set<number>>();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: SamplingOptions) {
    this.#options = options;
    this.#rng = new Rng(options.seed).fork("sampling");
  }

  /** Notes that a session wants a model's present weights. */
  want(model: string, version: number): void {
    const versions = this.#wanted.get(model) ?? new Set();
    versions.add(version);
    this.#wanted.set(model, versions);
  }

  /** Before a step: keeps a copy of weights that a session samples from. */
  async beforeStep(host: ModelHost): Promise<void> {
    const { checkpoints } = this.#options;
    const versions = this.#wanted.get(host.id);
    if (versions?.has(host.version) !== true) return;
    await checkpoints.writeSnapshot(host.engine, host.id, host.version);
    for (const old of [...versions].sort((a, b) => a - b).slice(0, -KEPT_SNAPSHOTS)) {
      versions.delete(old);
      checkpoints.dropSnapshots(host.id, old);
    }
  }

  forget(model: string): void {
    this.#wanted.delete(model);
    this.#options.checkpoints.dropSnapshots(model);
  }

  /** The answer to `asample`. */
  async sample(sampler: Sampler, request: wire.WireSampleRequest): Promise<object> {
    const { served } = sampler;
    const { sampling_params: parameters } = request;
    checkSampling(request);
    const pool = this.#poolOf(sampler);
    const input = await pool.resolve(request.prompt, new Map(), "prompt");
    const prompt = pool.prompt(input, input.tokens.length);
    const settings: Omit<SampleRequest, "prompts" | "seed"> = {
      groupSize: request.num_samples,
      maxCompletionTokens: parameters.max_tokens ?? DEFAULT_MAX_TOKENS,
      temperature: parameters.temperature,
      topP: parameters.top_p,
      topK: Math.max(0, parameters.top_k),
      stopTokens: stopTokens(served, parameters.stop),
      ...(request.fovea?.signals != null && { signals: request.fovea.signals }),
    };
    const group = await this.#group(sampler, request, prompt, settings);
    const texts = stopTexts(served, parameters.stop);
    return {
      type: "sample",
      sequences: group.map((own) => sequenceAnswer(cutAtStop(served, own, texts), this.#options.isExtended)),
      ...(request.prompt_logprobs === true && {
        prompt_logprobs: lastOnly(
          await this.#promptLogprobs(sampler, pool, input),
          request.prompt_logprobs_last_n,
        ),
      }),
    };
  }

  #promptLogprobs(sampler: Sampler, pool: PromptPool, input: ResolvedInput): Promise<(number | null)[]> {
    return this.#onEngine(sampler, (engine) => promptLogprobs(engine, pool, input));
  }

  /** The completions of one request, sampled with those that go with it. */
  #group(
    sampler: Sampler,
    request: wire.WireSampleRequest,
    prompt: Prompt,
    settings: Omit<SampleRequest, "prompts" | "seed">,
  ): Promise<Completion[]> {
    const { batch } = request.fovea ?? {};
    const { seed } = request.sampling_params;
    const run = async (members: readonly Member[], drawn: number) => {
      try {
        const groups = await this.#onEngine(sampler, (engine) =>
          engine.sample({ ...settings, prompts: members.map((member) => member.prompt), seed: drawn }),
        );
        for (const [i, member] of members.entries()) member.resolve(groups[i]!);
      } catch (error) {
        for (const member of members) member.reject(error);
      }
    };
    return new Promise((resolve, reject) => {
      const member = { prompt, resolve, reject };
      if (batch != null) {
        this.#join(`${sampler.id} ${batch.id}`, batch, member, (members) =>
          run(members, seed ?? this.#draw()),
        );
      } else if (seed != null) {
        void run([member], seed);
      } else {
        this.#gather(`${sampler.id} ${JSON.stringify(settings)}`, member, (members) =>
          run(members, this.#draw()),
        );
      }
    });
  }

  #draw(): number {
    return this.#rng.word();
  }

  /** Waits until a batch is whole. */
  #join(
    key: string,
    { place, size }: { readonly place: number; readonly size: number },
    member: Member,
    run: (members: readonly Member[]) => Promise<void>,
  ): void {
    const batch: Batch = this.#batches.get(key) ?? { members: new Map() };
    this.#batches.set(key, batch);
    batch.members.set(place, member);
    clearTimeout(batch.timer);
    if (batch.members.size === size) {
      this.#batches.delete(key);
      const ordered = [...batch.members].sort(([a], [b]) => a - b).map(([, own]) => own);
      void run(ordered);
      return;
    }
    batch.timer = setTimeout(() => {
      this.#batches.delete(key);
      const error = new Refusal(
        "bad-request",
        `asample: ${batch.members.size} of the batch's ${size} requests came within ${this.#options.batchLimitMs / 1000} s`,
      );
      for (const own of batch.members.values()) own.reject(error);
    }, this.#options.batchLimitMs).unref();
  }

  /** Samples requests of equal settings together, as many as have come when the engine is free. */
  #gather(key: string, member: Member, run: (members: readonly Member[]) => Promise<void>): void {
    const waiting = this.#loose.get(key);
    if (waiting !== undefined) {
      waiting.push(member);
      return;
    }
    this.#loose.set(key, [member]);
    const start = async () => {
      // Those that were sent at the same time arrive a moment later.
      await new Promise((resolve) => setTimeout(resolve, 20));
      const members = this.#loose.get(key) ?? [];
      this.#loose.delete(key);
      await run(members);
    };
    this.#tail = this.#tail.then(start, start);
  }

  #poolOf(sampler: Sampler): PromptPool {
    const host = this.#liveHost(sampler);
    if (host !== undefined) return host.pool;
    const { name } = sampler.served;
    const pool = this.#pools.get(name) ?? new PromptPool(sampler.served);
    this.#pools.set(name, pool);
    return pool;
  }

  readonly #pools = new Map<string, PromptPool>();

  /** The model itself, while it still has the weights that the session samples from. */
  #liveHost({ source }: Sampler): ModelHost | undefined {
    if (source.kind !== "model") return undefined;
    const host = this.#options.host(source.model);
    return host?.version === source.version ? host : undefined;
  }

  async #onEngine<T>(sampler: Sampler, work: (engine: Engine) => Promise<T>): Promise<T> {
    const host = this.#liveHost(sampler);
    if (host !== undefined) {
      return host.enqueue(() =>
        this.#liveHost(sampler) === host ? work(host.engine) : this.#onStandIn(sampler, work),
      );
    }
    return this.#onStandIn(sampler, work);
  }

  /** Where a session's weights lie, and the adapters that they are; the base weights lie nowhere. */
  #weightsOf(source: SamplerSource): {
    readonly directory: string;
    readonly at?: string;
    readonly lora?: LoraRequest | undefined;
  } {
    const { checkpoints } = this.#options;
    switch (source.kind) {
      case "base":
        return { directory: "" };
      case "checkpoint":
        return checkpoints.find(source.path);
      case "model": {
        const { model, version, lora } = source;
        return { directory: checkpoints.snapshotDirectory(model, version), lora };
      }
    }
  }

  /** An engine with a session's weights, one model and kind of adapter each. */
  async #standIn({ served, source }: Sampler): Promise<Engine> {
    const { directory, lora, at = "" } = this.#weightsOf(source);
    const name = directory === "" ? "" : `${directory} ${at}`;
    const kind = `${served.name} ${JSON.stringify(lora ?? null)}`;
    let standIn = this.#standIns.get(kind);
    if (standIn !== undefined && directory === "" && standIn.loaded !== "") {
      this.#standIns.delete(kind);
      await standIn.engine.close();
      standIn = undefined;
    }
    if (standIn === undefined) {
      standIn = { engine: await served.open({ lora, valueHead: false }), loaded: "" };
      this.#standIns.set(kind, standIn);
    }
    if (standIn.loaded !== name) {
      try {
        await standIn.engine.load(directory);
      } catch (error) {
        if (source.kind !== "model") throw error;
        throw new Refusal(
          "unknown-sampling-session",
          `the weights of this sampling session are gone: those of the newest ${KEPT_SNAPSHOTS} are kept`,
        );
      }
      standIn.loaded = name;
    }
    return standIn.engine;
  }

  #onStandIn<T>(sampler: Sampler, work: (engine: Engine) => Promise<T>): Promise<T> {
    const run = async () => work(await this.#standIn(sampler));
    const result = this.#standInTail.then(run, run);
    this.#standInTail = result.catch(() => {});
    return result;
  }

  #standInTail: Promise<unknown> = Promise.resolve();

  async close(): Promise<void> {
    for (const { timer } of this.#batches.values()) clearTimeout(timer);
    for (const { engine } of this.#standIns.values()) await engine.close();
  }
}

/** What a request may ask for and this server does not give. */
const NOT_GIVEN = [
  "topk_prompt_logprobs",
  "topk_sample_logprobs",
  "target_prompt_logprobs",
  "prompt_alt_tokens_k",
  "record_stability_info",
] as const satisfies readonly (keyof wire.WireSampleRequest)[];

/** @throws Refusal when a request asks for more than samples and the log-probs of sampled and given tokens */
function checkSampling(request: wire.WireSampleRequest): void {
  for (const name of NOT_GIVEN) {
    const value = request[name];
    if (value === undefined || value === null || value === 0 || value === false) continue;
    throw new Refusal(
      "unsupported",
      `${name}: this server gives log-probs of sampled tokens and of the prompt's own tokens only`,
    );
  }
}

/** Log-probs of a prompt, those before the last `count` left out. */
function lastOnly(logprobs: (number | null)[], count: number | null | undefined): (number | null)[] {
  return count == null ? logprobs : logprobs.fill(null, 0, Math.max(0, logprobs.length - count));
}

function sequenceAnswer(
  { tokens, logprobs, entropy, stopReason, signals }: Completion,
  isExtended: boolean,
): object {
  return {
    stop_reason: stopReason,
    tokens: Array.from(tokens),
    logprobs: Array.from(logprobs),
    ...(isExtended && { entropy: Array.from(entropy) }),
    ...(signals && { signals: signalTensors(signals) }),
  };
}
