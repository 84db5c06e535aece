/**
 * @module
 * Replicas of a model that share the work: each samples, scores and differentiates a part of it. At a step
 * each replica adds up the gradients of all, in one order, and makes the same update. So their weights stay bitwise
 * identical.
 */
import type { EngineError } from "../../errors/index.ts";
import type { Capability } from "../capabilities.ts";
import type {
  AccumulateOptions,
  AdamParameters,
  Completion,
  Engine,
  GradientReport,
  SampleRequest,
  Sampler,
  SaveOptions,
  Score,
  ScoreRequest,
  Sequence,
  StepReport,
  TrainingRun,
} from "../engine.ts";
import { checkSeeds } from "../prompt-generators.ts";
import { checkCoefficients } from "./check-coefficients.ts";
import type { LocalEngine } from "./local-engine.ts";
import { GradientGuard } from "./partial-gradient.ts";
import { checkInterventionTokens } from "./scoring/attention-intervention.ts";
import { byPrompt, evenShares, type Share, sequenceShares } from "./shares.ts";
import { mixedWeights } from "./weights/mixed-weights.ts";

export class ReplicatedEngine implements Engine {
  readonly #replicas: readonly LocalEngine[];
  readonly #guard = new GradientGuard();
  /** Set while replicas have different weights. */
  #unequal: EngineError | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(replicas: readonly LocalEngine[]) {
    this.#replicas = replicas;
  }

  get capabilities(): ReadonlySet<Capability> {
    return this.#replicas[0]!.capabilities;
  }

  /** @throws ModelError when the model cannot be opened */
  async ready(): Promise<void> {
    await this.#all((replica) => replica.ready());
    const size = (await this.#replicas[0]!.trainedSize()) * this.#replicas.length;
    const memory = new SharedArrayBuffer(size * Float32Array.BYTES_PER_ELEMENT);
    await this.#all((replica, place) => replica.shareGradients(memory, place));
  }

  sample(request: SampleRequest): Promise<Completion[][]> {
    return this.#onEqual(async () => {
      const { prompts, seed, watch } = request;
      checkSeeds(seed, prompts.length);
      const shares = evenShares(
        prompts.map(() => 1),
        this.#replicas.length,
      );
      const parts = await this.#all((replica, place) => {
        const [from, to] = shares[place]!;
        const own = typeof seed === "number" ? seed : seed.slice(from, to);
        return replica.sample(
          {
            ...request,
            prompts: prompts.slice(from, to),
            seed: own,
            ...(watch && { watch: (drawn) => watch({ ...drawn, prompt: from + drawn.prompt }) }),
          },
          from,
        );
      });
      return parts.flat();
    });
  }

  score(sequences: readonly Sequence[], request: ScoreRequest = {}): Promise<Score[]> {
    return this.#onEqual(async () => {
      const { intervention, ...others } = request;
      if (intervention !== undefined) {
        checkInterventionTokens(intervention.tokens, sequences);
      }
      // The completions of a prompt are compared with one another, wherever they are in the list.
      const order = request.groupDivergence ? byPrompt(sequences) : [...sequences.keys()];
      const ordered = order.map((i) => sequences[i]!);
      const shares = sequenceShares(ordered, this.#replicas.length, request.groupDivergence);
      const parts = await this.#all((replica, place) => {
        const part = shareOf(shares[place]!);
        const own = intervention && {
          ...intervention,
          tokens: part(order).map((i) => intervention.tokens[i]!),
        };
        return replica.score(part(ordered), own === undefined ? others : { ...others, intervention: own });
      });
      const scores: Score[] = [];
      for (const [i, score] of parts.flat().entries()) scores[order[i]!] = score;
      return scores;
    });
  }

  accumulate(
    sequences: readonly Sequence[],
    coefficients: readonly Float64Array[],
    options: AccumulateOptions = {},
  ): Promise<GradientReport> {
    return this.#onEqual(async () => {
      checkCoefficients(sequences, coefficients, options);
      const { valueCoefficients: values, entropyCoefficients: entropies, ...others } = options;
      const shares = sequenceShares(sequences, this.#replicas.length);
      return this.#guard.watch(async () => {
        const reports = await this.#all((replica, place) => {
          const part = shareOf(shares[place]!);
          return replica.accumulate(part(sequences), part(coefficients), {
            ...others,
            ...(values && { valueCoefficients: part(values) }),
            ...(entropies && { entropyCoefficients: part(entropies) }),
          });
        });
        return {
          tokens: reports.reduce((sum, { tokens }) => sum + tokens, 0),
          finite: reports.every(({ finite }) => finite),
        };
      });
    });
  }

  /**
   * The same update of every replica.
   *
   * @throws EngineError when an `accumulate` failed since the last step, of which some replicas have added their share:
   *   the gradient is cleared
   */
  step(adam: AdamParameters): Promise<StepReport> {
    return this.#onEqual(async () => {
      const { fault } = this.#guard;
      if (fault !== undefined) {
        this.#guard.clear();
        await this.#all((replica) => replica.clearGradient());
        throw fault;
      }
      await this.#all((replica) => replica.publishGradient());
      const [report] = await this.#all((replica) => replica.step(adam));
      return report!;
    });
  }

  sampler(): Promise<Sampler> {
    return this.#replicas[0]!.sampler();
  }

  requireRoom(run: TrainingRun): Promise<void> {
    return this.#inOrder(async () => {
      await this.#all((replica) => replica.requireRoom(run));
    });
  }

  setReference(): Promise<void> {
    return this.#onEqual(async () => {
      await this.#all((replica) => replica.setReference());
    });
  }

  save(directory: string, options?: SaveOptions): Promise<void> {
    return this.#onEqual(() => this.#replicas[0]!.save(directory, options));
  }

  load(directory: string): Promise<void> {
    return this.#inOrder(async () => {
      const loads = await this.#settled((replica) => replica.load(directory));
      const failed = loads.find(({ status }) => status === "rejected");
      if (failed?.status !== "rejected") {
        this.#unequal = undefined;
        this.#guard.clear();
        return;
      }
      if (loads.some(({ status }) => status === "fulfilled")) this.#unequal = mixedWeights(failed.reason);
      throw failed.reason;
    });
  }

  async close(): Promise<void> {
    await this.#all((replica) => replica.close());
  }

  /** The same call of every replica. Where some fail, all have ended before the first error is thrown. */
  async #all<T>(call: (replica: LocalEngine, place: number) => Promise<T>): Promise<T[]> {
    return (await this.#settled(call)).map((outcome) => {
      if (outcome.status === "rejected") {
        throw outcome.reason;
      }
      return outcome.value;
    });
  }

  #settled<T>(
    call: (replica: LocalEngine, place: number) => Promise<T>,
  ): Promise<readonly PromiseSettledResult<T>[]> {
    return Promise.allSettled(this.#replicas.map(call));
  }

  /** @throws EngineError when only some replicas have loaded the last checkpoint */
  #onEqual<T>(call: () => Promise<T>): Promise<T> {
    return this.#inOrder(() => {
      if (this.#unequal !== undefined) throw this.#unequal;
      return call();
    });
  }

  /** A call begins when the one before has ended on every replica. */
  #inOrder<T>(call: () => Promise<T>): Promise<T> {
    const result = this.#last.then(call);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Takes a share of any list that has an entry for each of what is shared. */
function shareOf([from, to]: Share): <T>(list: readonly T[]) => T[] {
  return (list) => list.slice(from, to);
}
