/**
 * @module
 * A local model on a graphics adapter: the same calls, with weights, gradient and moments that stay there. They come home
 * where they are saved or copied.
 */
import type { StorageOptions } from "../../../model/index.ts";
import type {
  AccumulateOptions,
  AdamParameters,
  Completion,
  DrawnToken,
  GradientReport,
  Prompt,
  Score,
  ScoreRequest,
  StepReport,
  TrainingRun,
} from "../../engine.ts";
import { checkAdam } from "../check-requests.ts";
import type { LocalSequence } from "../known-prompts.ts";
import { LocalModel, type LocalSampleRequest } from "../local-model.ts";
import type { ReplicaOptions } from "../local-options.ts";
import type { DeviceParameters } from "./device-parameters.ts";

export class DeviceModel {
  readonly #model: LocalModel;
  readonly #there: DeviceParameters;

  /** @throws as `LocalModel` does */
  constructor(options: ReplicaOptions) {
    this.#model = new LocalModel(options);
    this.#there = this.#model.resident!;
  }

  requireDevice(): Promise<void> {
    return this.#model.requireDevice();
  }

  register(prompts: readonly (readonly [id: number, prompt: Prompt])[]): void {
    this.#model.register(prompts);
  }

  forget(ids: readonly number[]): void {
    this.#model.forget(ids);
  }

  sample(
    request: LocalSampleRequest,
    report?: (drawn: readonly DrawnToken[]) => void,
  ): Promise<Completion[][]> {
    return this.#model.sample(request, report);
  }

  score(sequences: readonly LocalSequence[], request?: ScoreRequest): Promise<Score[]> {
    return this.#model.score(sequences, request);
  }

  accumulate(
    sequences: readonly LocalSequence[],
    coefficients: readonly Float64Array[],
    options?: AccumulateOptions,
  ): Promise<GradientReport> {
    return this.#model.accumulate(sequences, coefficients, options);
  }

  async step(adam: AdamParameters): Promise<StepReport> {
    checkAdam(adam);
    this.#model.requireWholeGradient();
    return this.#there.step(adam);
  }

  trainedSize(): number {
    return this.#model.trainedSize();
  }

  clearGradient(): void {
    this.#model.clearGradient();
  }

  requireRoom(run: TrainingRun): void {
    this.#model.requireRoom(run);
  }

  async setReference(): Promise<void> {
    await this.#there.bringHome();
    this.#model.setReference();
  }

  async save(directory: string, optimizer: boolean, storage: StorageOptions = {}): Promise<void> {
    await this.#there.bringHome();
    this.#model.save(directory, optimizer, storage);
  }

  load(directory: string): void {
    this.#model.load(directory);
    this.#there.forget();
  }

  async close(): Promise<void> {
    await this.#model.close();
    await this.#there.release();
  }

  /** The accumulated gradient, brought home. */
  async gradients(): Promise<ReturnType<LocalModel["gradients"]>> {
    await this.#there.bringHome();
    return this.#model.gradients();
  }
}
