/**
 * @module
 * Prompts that are sampled together, as the engine does it best. They are prompts of one batch, marked by its
 * client, or prompts of equal settings that come while the engine is busy. Each has its own seed, so that its tokens
 * do not depend on other clients.
 */
import { type Completion, type DrawnToken, requireCapability, type SampleRequest } from "../engine/index.ts";
import { Rng } from "../math/index.ts";
import { Refusal } from "./refusal.ts";
import { type SampleJob, SampleMember } from "./sample-member.ts";
import type { SamplerEngines } from "./sampler-engines.ts";
import type { Sampler } from "./samplers.ts";

/** Settings that must be equal in requests that are sampled together. */
export type GroupSettings = Omit<SampleRequest, "prompts" | "seed" | "watch">;

/** A batch that a client marked. */
export interface MarkedBatch {
  readonly id: string;
  readonly place: number;
  readonly size: number;
}

/** Members by their places in the batch. */
interface Batch {
  readonly members: Map<number, SampleMember>;
  readonly size: number;
  /** Settings and seed of all members, as one text. */
  readonly settings: string;
  timer?: NodeJS.Timeout;
}

export interface SampleQueueOptions {
  readonly engines: SamplerEngines;
  readonly seed: number;
  /** Longest that a marked batch waits for its members, ms. */
  readonly batchLimitMs: number;
}

/** Requests that were sent at the same time arrive a moment later. */
const MOMENT_MS = 20;

export class SampleQueue {
  readonly #options: SampleQueueOptions;
  readonly #rng: Rng;
  readonly #batches = new Map<string, Batch>();
  readonly #gathered = new Map<string, SampleMember[]>();
  /** The end of the gathered requests of each engine. */
  readonly #tails = new Map<string, Promise<void>>();

  constructor(options: SampleQueueOptions) {
    this.#options = options;
    this.#rng = new Rng(options.seed).fork("sampling");
  }

  /**
   * The completions of one prompt, sampled together with prompts of equal settings.
   *
   * @throws the reason of the job's signal when it is aborted, which also ends completions under way
   */
  group(
    sampler: Sampler,
    settings: GroupSettings,
    job: SampleJob,
    batch?: MarkedBatch | null,
  ): Promise<Completion[]> {
    return new Promise((resolve, reject) => {
      const member = new SampleMember(job, resolve, reject);
      if (batch == null) {
        this.#gather(sampler, `${sampler.id} ${JSON.stringify(settings)}`, member, (members) => {
          const seeds = members.map(({ job: { seed } }) => seed ?? this.#rng.word());
          return this.#run(sampler, settings, members, seeds);
        });
      } else {
        const marks = JSON.stringify([settings, job.seed ?? null]);
        this.#join(`${sampler.id} ${batch.id}`, batch, marks, member, (members) =>
          this.#run(sampler, settings, members, job.seed ?? this.#rng.word()),
        );
      }
    });
  }

  async #run(
    sampler: Sampler,
    settings: GroupSettings,
    members: readonly SampleMember[],
    seed: SampleRequest["seed"],
  ): Promise<void> {
    const isWatched = members.some(({ job }) => job.watch !== undefined);
    const mayEnd = members.some(({ job }) => job.signal !== undefined);
    let isBegun = false;
    const watch = (drawn: DrawnToken) => {
      isBegun ||= isWatched;
      return members[drawn.prompt]!.take(drawn);
    };
    try {
      const groups = await this.#options.engines.run(sampler, async (engine) => {
        // Its turn may come late.
        if (members.filter((member) => member.isWanted()).length === 0) return undefined;
        if (isWatched) requireCapability(engine.capabilities, "watch", "a stream of tokens, or a stop text,");
        const canWatch = isWatched || (mayEnd && engine.capabilities.has("watch"));
        const prompts = members.map(({ job }) => job.prompt);
        return engine.sample({ ...settings, prompts, seed, ...(canWatch && { watch }) });
      });
      for (const [i, member] of members.entries()) if (groups) member.settle(groups[i]!);
    } catch (error) {
      // Tokens that were watched cannot be taken back.
      if (members.length === 1 || typeof seed === "number" || isBegun) {
        for (const member of members) member.reject(error);
        return;
      }
      // One bad prompt does not fail requests that merely came at the same time.
      for (const [i, member] of members.entries()) await this.#run(sampler, settings, [member], [seed[i]!]);
    }
  }

  /** Waits until a batch is whole. */
  #join(
    key: string,
    { place, size }: MarkedBatch,
    settings: string,
    member: SampleMember,
    run: (members: readonly SampleMember[]) => Promise<void>,
  ): void {
    const batch: Batch = this.#batches.get(key) ?? { members: new Map(), size, settings };
    const isTaken = batch.members.has(place) || !(place >= 0 && place < size);
    if (isTaken || batch.size !== size || batch.settings !== settings) {
      const fault = isTaken ? `place ${place} of ${size} is taken or impossible` : "its settings differ";
      member.reject(new Refusal("bad-request", `asample: a request does not fit into its batch: ${fault}`));
      return;
    }
    this.#batches.set(key, batch);
    batch.members.set(place, member);
    clearTimeout(batch.timer);
    if (batch.members.size === size) {
      this.#batches.delete(key);
      const ordered = [...batch.members].sort(([a], [b]) => a - b).map(([, own]) => own);
      void run(ordered);
      return;
    }
    const { batchLimitMs } = this.#options;
    batch.timer = setTimeout(() => {
      this.#batches.delete(key);
      const error = new Refusal(
        "bad-request",
        `asample: ${batch.members.size} of the batch's ${size} requests came within ${batchLimitMs / 1000} s`,
      );
      for (const own of batch.members.values()) own.reject(error);
    }, batchLimitMs).unref();
  }

  /** Samples requests of equal settings together, as many as have come when it is their turn. */
  #gather(
    { source }: Sampler,
    key: string,
    member: SampleMember,
    run: (members: readonly SampleMember[]) => Promise<void>,
  ): void {
    const waiting = this.#gathered.get(key);
    if (waiting !== undefined) {
      waiting.push(member);
      return;
    }
    this.#gathered.set(key, [member]);
    const start = async () => {
      await new Promise((resolve) => setTimeout(resolve, MOMENT_MS));
      const members = this.#gathered.get(key) ?? [];
      this.#gathered.delete(key);
      const wanted = members.filter((member) => member.isWanted());
      if (wanted.length > 0) await run(wanted);
    };
    // A live model has its own engine; the engines of all other sources take turns.
    const engine = source.kind === "model" ? source.model : "";
    const tail = (this.#tails.get(engine) ?? Promise.resolve()).then(start);
    this.#tails.set(engine, tail);
    void tail.then(() => this.#tails.get(engine) === tail && this.#tails.delete(engine));
  }

  /** Ends batches that are not whole: nothing of them is sampled. */
  close(): void {
    const error = new Refusal("restarting", "the server is ending");
    for (const { timer, members } of this.#batches.values()) {
      clearTimeout(timer);
      for (const own of members.values()) own.reject(error);
    }
    this.#batches.clear();
  }
}
