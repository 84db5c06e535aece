/**
 * @module
 * Batches that are sampled and verified while earlier batches are trained on, up to `train.maxStaleness` of them. The
 * content of a batch depends only on its number, never on timing. Batch k is sampled whole, including refills of
 * dynamic sampling, from the policy after iteration k − 1 − maxStaleness (the first batches from the starting
 * policy). It takes the next problems of the stream, and has its own generator.
 *
 * The bound is AReaL's maximum staleness η, arXiv:2505.24298; η = 1 is also known as one-step off-policy.
 */
import type { Completion, Sampler } from "../../engine/index.ts";
import { PartError, RunError } from "../../errors/index.ts";
import type { Rng } from "../../math/index.ts";
import { type Position, type Progress, shareDone, type Training } from "../iteration/training.ts";
import { Stopwatch } from "../loop/stopwatch.ts";
import { type SampledBatch, sampleBatch } from "./sample-batch.ts";

/** A batch that was sampled ahead of its turn. */
export interface BatchAhead extends SampledBatch {
  /** Iterations behind the weights that sampled it. */
  readonly version: number;
  /** The start of the next batch. */
  readonly after: Position;
  /** The generator after its draws, for the order of its groups. */
  readonly rng: Rng;
  /** Its sampling time, which overlaps with other work. */
  readonly watch: Stopwatch;
}

/** The completions of a batch in sampling order, from which the batch can be rebuilt. */
export interface RecordedBatch {
  readonly iteration: number;
  readonly version: number;
  /**
   * `[P][G]`; with dynamic sampling the completions of every round, one round after another. With a temporal reward
   * each round ends with its completions for shuffled frames.
   */
  readonly completions: readonly (readonly Completion[])[];
}

/** A sampler that replays recorded completions. */
function replayed({ iteration, completions }: RecordedBatch): Sampler {
  let next = 0;
  return {
    async sample({ prompts }) {
      const groups = completions.slice(next, next + prompts.length);
      next += prompts.length;
      if (groups.length !== prompts.length) {
        throw new RunError(
          `ahead.jsonl of the checkpoint: expected ${prompts.length} groups of iteration ${iteration}, got ${groups.length}`,
        );
      }
      return groups.map((group) => [...group]);
    },
  };
}

/** A sampler that also records its answers. */
function keeping(sampler: Sampler, kept: (readonly Completion[])[]): Sampler {
  return {
    async sample(request) {
      const groups = await sampler.sample(request);
      kept.push(...groups);
      return groups;
    },
  };
}

/** A batch that is sampled or judged, or waits for its turn. */
interface UnderWay {
  readonly batch: Promise<BatchAhead>;
  readonly version: number;
  /** Its completions so far. */
  readonly completions: readonly (readonly Completion[])[];
}

/** Whether all completions of a batch are sampled before any of it is judged. */
function samplesFirst({ schedule, temporal, rewards }: Training): boolean {
  const { dynamicSampling } = schedule;
  return (
    dynamicSampling === undefined && temporal === undefined && rewards.every(({ asks }) => asks === undefined)
  );
}

export class BatchesAhead {
  readonly #training: Training;
  readonly #samplesFirst: boolean;
  readonly #rng: Rng;
  readonly #underWay = new Map<number, UnderWay>();
  /** Number of the next batch to start. */
  #next: number;
  /** Its start, known once the batch before it has drawn all its problems. */
  #position: Promise<Position>;

  /**
   * @param progress where the batch of iteration `first` begins
   * @param recorded that batch and those after it, as far as they were sampled before
   */
  constructor(
    training: Training,
    progress: Progress,
    first: number,
    recorded: readonly RecordedBatch[] = [],
  ) {
    const { dataPosition, rows } = progress;
    this.#samplesFirst = samplesFirst(training);
    // Aborted before all of it is sampled, a batch could not be recorded, and the weights that sample it would be gone.
    this.#training = this.#samplesFirst ? training : { ...training, signal: undefined };
    this.#rng = progress.rng.fork("batch");
    this.#next = first;
    this.#position = Promise.resolve({ dataPosition, rows });
    for (const batch of recorded) void this.#begin(batch.version, replayed(batch));
  }

  /**
   * The batch of an iteration, which stays recorded until `drop`; this also starts sampling later batches from the current
   * weights.
   *
   * @throws the error of its sampling
   */
  async take(iteration: number, watch: Stopwatch): Promise<BatchAhead> {
    const { maxStaleness } = this.#training.schedule;
    return watch.time("wait", async () => {
      await this.#beginUpTo(iteration + Math.max(0, maxStaleness - 1), iteration - 1);
      const { batch: own } = this.#underWay.get(iteration)!;
      const batch = await own;
      await this.#beginUpTo(iteration + maxStaleness, iteration - 1);
      return batch;
    });
  }

  /** Forgets the batch of an iteration that is over. */
  drop(iteration: number): void {
    this.#underWay.delete(iteration);
  }

  async #beginUpTo(iteration: number, version: number): Promise<void> {
    const { engine, iterations } = this.#training;
    const last = Math.min(iteration, iterations);
    if (this.#next > last) return;
    const sampler = await engine.sampler();
    const begun: Promise<BatchAhead>[] = [];
    while (this.#next <= last) begun.push(this.#begin(version, sampler));
    void Promise.allSettled(begun).then(() => sampler.release?.());
  }

  #begin(version: number, sampler: Sampler): Promise<BatchAhead> {
    const number = this.#next++;
    let release: (position: Position) => void = () => {};
    const before = this.#position;
    this.#position = new Promise((resolve) => {
      release = resolve;
    });
    const completions: (readonly Completion[])[] = [];
    const batch = this.#sample(number, version, keeping(sampler, completions), before, release);
    // A failure is thrown when the batch is requested.
    batch.catch(() => {});
    this.#underWay.set(number, { batch, version, completions });
    return batch;
  }

  async #sample(
    number: number,
    version: number,
    sampler: Sampler,
    before: Promise<Position>,
    release: (position: Position) => void,
  ): Promise<BatchAhead> {
    const training = this.#training;
    const watch = new Stopwatch(training.clock);
    const draws = { ...(await before), rng: this.#rng.fork(number) };
    const after = (): Position => ({ dataPosition: draws.dataPosition, rows: draws.rows });
    try {
      const onLastDraw = () => release(after());
      const progress = shareDone(training, number);
      const sampled = await sampleBatch(training, draws, watch, { sampler, onLastDraw, progress });
      return { ...sampled, version, after: after(), rng: draws.rng, watch };
    } finally {
      release(after());
    }
  }

  /**
   * Waits until every batch is complete, or has all of its completions and failed while these were judged: it is judged
   * again after a resume.
   *
   * @throws the error of the first other that failed
   */
  async drain(): Promise<void> {
    await Promise.all(
      [...this.#underWay.values()].map(async ({ batch, completions }) => {
        try {
          await batch;
        } catch (error) {
          if (!this.#isOfJudging(error) || completions.length === 0) throw error;
        }
      }),
    );
  }

  /** Whether an error came after the sampling of a batch. */
  #isOfJudging(error: unknown): boolean {
    const { signal } = this.#training;
    const isAbort = signal?.aborted === true && error === signal.reason;
    return this.#samplesFirst && (isAbort || error instanceof PartError);
  }

  /** Waits until every batch has completed or failed. */
  async settle(): Promise<void> {
    await Promise.allSettled([...this.#underWay.values()].map(({ batch }) => batch));
  }

  /** The batches that are not dropped, after `drain`. */
  recorded(): RecordedBatch[] {
    return [...this.#underWay].map(([iteration, { version, completions }]) => ({
      iteration,
      version,
      completions,
    }));
  }
}
