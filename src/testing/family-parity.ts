/**
 * @module
 * Comparisons of a family of models with numbers recorded from transformers: log-probs, gradients, attention, greedy
 * tokens, adapters. A family's test names its checkpoints and cases, and adds its own comparisons.
 */
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { attentionSignals, calibratedGram } from "../credit/index.ts";
import type { Prompt } from "../engine/index.ts";
import type { Checkpointing } from "../engine/local/checkpointing.ts";
import { createLocalEngine } from "../engine/local/create-local-engine.ts";
import { LocalModel } from "../engine/local/local-model.ts";
import { ProgramCache } from "../engine/local/program-cache.ts";
import { type PreparedImage, preparePrompt } from "../engine/local/prompts/prepared-prompt.ts";
import { VisionEncoder } from "../engine/local/prompts/vision-encoder.ts";
import { ParameterStore } from "../engine/local/weights/parameter-store.ts";
import { exportModel, graphsOf, imageTokenWidth, openModelDirectory, openSightOf } from "../model/index.ts";
import { attentionRows, realRow } from "./attention-rows.ts";
import {
  checkpointDirectory,
  type Digest,
  digest,
  digestError,
  register,
  weightsOf,
} from "./model-fixtures.ts";

/** A recorded sequence; a family's own has its prompt beside. */
interface Recorded {
  readonly completion: readonly number[];
  readonly coefficients: readonly number[];
  readonly logprobs: readonly number[];
  readonly logprobsDouble: readonly number[];
  readonly logprobsLeftPadded?: readonly number[];
  readonly greedy: readonly number[];
}

interface RecordedAttention extends Recorded {
  /** `[S]` 1 text, 2 image or video. */
  readonly kind: readonly number[];
  /** `[T + 1]` rows of P, P + 1, … P + T numbers. */
  readonly attention: readonly (readonly number[])[];
}

const ADAM = {
  learningRate: 0.02,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradientNorm: 1,
};
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);

export class FamilyParity<Name extends string, Sequence extends Recorded> {
  /** For what tests write; `close` removes it. */
  readonly folder = mkdtempSync(join(tmpdir(), "fovea-parity-"));
  readonly #directoryOf: (name: Name) => string;
  readonly #promptOf: (sequence: Sequence) => Prompt;
  readonly #models = new Map<Name, LocalModel>();
  readonly #opened: { close(): Promise<void> }[] = [];

  constructor(directoryOf: (name: Name) => string, promptOf: (sequence: Sequence) => Prompt) {
    this.#directoryOf = directoryOf;
    this.#promptOf = promptOf;
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((one) => one.close()));
    rmSync(this.folder, { recursive: true });
  }

  /** Closed with the rest. */
  keep<T extends { close(): Promise<void> }>(opened: T): T {
    this.#opened.push(opened);
    return opened;
  }

  /** The checkpoint's model, opened once. */
  model(name: Name): LocalModel {
    const model =
      this.#models.get(name) ?? this.keep(new LocalModel({ model: this.#directoryOf(name), threads: 1 }));
    this.#models.set(name, model);
    return model;
  }

  registered(model: Pick<LocalModel, "register">, sequences: readonly Sequence[]) {
    return sequences.map((sequence) => ({
      prompt: register(model, this.#promptOf(sequence)),
      completion: Int32Array.from(sequence.completion),
    }));
  }

  /** The recorded ids, positions in one component, and the hash of all pixels of a prompt; null where it has none. */
  expectPrompt(
    name: Name,
    sequence: Sequence & { readonly tokens: readonly number[]; readonly patches: string | null },
  ) {
    const { vision } = openSightOf(this.#directoryOf(name))!;
    const prepared = preparePrompt(this.#promptOf(sequence), vision);
    const { tokens, positions, images } = prepared;
    expect([...tokens]).toEqual(sequence.tokens);
    expect(positions.components.map((component) => [...component])).toEqual([[...tokens.keys()]]);
    expect(positions.next).toBe(tokens.length);
    if (sequence.patches === null) {
      expect(images).toEqual([]);
    } else {
      const hash = createHash("sha256");
      for (const { patches } of images) hash.update(new Uint8Array(patches.buffer));
      expect(hash.digest("hex")).toBe(sequence.patches);
    }
    return prepared;
  }

  /** Log-probs within 1e-4 nats. */
  async expectLogprobs(name: Name, sequences: readonly Sequence[]): Promise<void> {
    const model = this.model(name);
    const scores = await model.score(this.registered(model, sequences));
    for (const [i, { logprobs, logprobsDouble, logprobsLeftPadded }] of sequences.entries()) {
      for (const expected of [logprobs, logprobsDouble, ...(logprobsLeftPadded ? [logprobsLeftPadded] : [])])
        expect(scores[i]!.logprobs).toBeAllclose(expected, { rtol: 0, atol: 1e-4 });
    }
  }

  /** The gradient of a model of its own, which keeps these activations, by parameter. */
  async #gradients(name: Name, sequences: readonly Sequence[], checkpointing: Checkpointing) {
    const model = new LocalModel({ model: this.#directoryOf(name), threads: 1, checkpointing });
    try {
      await model.accumulate(
        this.registered(model, sequences),
        sequences.map(({ coefficients }) => Float64Array.from(coefficients)),
      );
      return new Map([...model.gradients()].map(([parameter, { data }]) => [parameter, data.slice()]));
    } finally {
      await model.close();
    }
  }

  /** Decoder and tower have the same gradient, bitwise, with the inputs of layers and blocks alone. */
  async expectGradientsInBlocks(name: Name, sequences: readonly Sequence[]): Promise<void> {
    const expected = await this.#gradients(name, sequences, "none");
    expect(await this.#gradients(name, sequences, "blocks")).toEqual(expected);
  }

  /**
   * The gradient of every parameter within 1e-3 of its norm; 0 where none was recorded.
   *
   * @param floor share of the largest norm below which a gradient is 0 except for rounding
   */
  async expectGradients(
    name: Name,
    sequences: readonly Sequence[],
    gradients: Readonly<Record<string, Digest>>,
    floor = 0,
  ): Promise<void> {
    const model = this.model(name);
    model.clearGradient();
    await model.accumulate(
      this.registered(model, sequences),
      sequences.map(({ coefficients }) => Float64Array.from(coefficients)),
    );
    const found = model.gradients();
    const least = floor * Math.max(...Object.values(gradients).map(({ norm }) => norm));
    expect(Object.keys(gradients).filter((parameter) => !found.has(parameter))).toEqual([]);
    for (const [parameter, { data }] of found) {
      const expected = gradients[parameter];
      if (expected === undefined) {
        expect(data.findIndex((value) => value !== 0)).toBe(-1);
        continue;
      }
      const scale = expected.norm / Math.max(expected.norm, least);
      const error = digestError(digest(data), expected) * scale;
      expect(error < 1e-3, `${parameter}: ${error}`).toBe(true);
    }
    model.clearGradient();
  }

  /** Images with their tokens' embeddings. */
  async encoded(name: Name, prompts: readonly Prompt[]): Promise<readonly PreparedImage[]> {
    const directory = this.#directoryOf(name);
    const { config, vision } = openSightOf(directory)!;
    const images = prompts.flatMap((prompt) => preparePrompt(prompt, vision).images);
    const graphs = graphsOf(config);
    const store = new ParameterStore(graphs);
    store.read(directory);
    const programs = new ProgramCache(8, {});
    await new VisionEncoder({ graphs: graphs.vision, store, programs }, imageTokenWidth(config.text)).encode(
      images,
    );
    await programs.clear();
    return images;
  }

  /** The embeddings of all image tokens of a case, in one digest; undefined where it has no image. */
  async expectImageTokens(
    name: Name,
    sequences: readonly Sequence[],
    recorded: Digest | undefined,
  ): Promise<void> {
    const images = await this.encoded(name, sequences.map(this.#promptOf));
    expect(images.length > 0).toBe(recorded !== undefined);
    if (recorded === undefined) return;
    const all = Float32Array.from(images.flatMap(({ embeddings }) => [...embeddings]));
    expect(digestError(digest(all), recorded)).toBeLessThan(1e-5);
  }

  /** The last layer's rows within 1e-5, own and predicting, and 0 on padding and later keys. */
  async expectAttentionRows(name: Name, sequences: readonly (Sequence & RecordedAttention)[]): Promise<void> {
    const asked = sequences.map((sequence) => ({ ...sequence, prompt: this.#promptOf(sequence) }));
    const { rows, shape } = await attentionRows(this.#directoryOf(name), asked);
    for (const [s, { completion, attention }] of sequences.entries()) {
      const prompt = attention[0]!.length;
      for (const t of completion.keys()) {
        for (const [row, shift] of [
          ["own", 1],
          ["predicting", 0],
        ] as const) {
          const { real, padding } = realRow(rows[row], shape, s, t, prompt, t + shift);
          expect(real).toBeAllclose(attention[t + shift]!, { rtol: 0, atol: 1e-5 });
          expect(padding.every((value) => value === 0)).toBe(true);
        }
      }
    }
  }

  /** The signals that follow from the recorded rows. */
  async expectSignals(name: Name, sequences: readonly (Sequence & RecordedAttention)[]): Promise<void> {
    const model = this.model(name);
    const scores = await model.score(this.registered(model, sequences), {
      signals: {
        attention: { row: "own" },
        calibrated: { row: "own", layers: 1, biasCorrection: true },
      },
    });
    for (const [i, { completion, attention, kind }] of sequences.entries()) {
      const rows = completion.flatMap((_, t) => {
        const row = attention[t + 1]!;
        return [...row, ...new Array<number>(kind.length - row.length).fill(0)];
      });
      const first = attention[0]!.length;
      const shape = { tokens: completion.length, keys: kind.length };
      const expected = attentionSignals(rows, shape, kind, first);
      const gram = calibratedGram(rows, shape, kind, { first });
      const { attention: found, calibrated } = scores[i]!.signals!;
      expect(found!.visualMass).toBeAllclose(expected.visualMass, { rtol: 0, atol: 1e-4 });
      expect(found!.visualShift).toBeAllclose(expected.visualShift, { rtol: 0, atol: 1e-4 });
      expect(found!.textShift).toBeAllclose(expected.textShift, { rtol: 0, atol: 1e-4 });
      expect(calibrated!.connectivity).toBeAllclose(gram.connectivity, { rtol: 0, atol: 1e-5 });
      expect(calibrated!.gram).toBeAllclose(gram.gram, { rtol: 0, atol: 1e-5 });
      expect(found!.visualMass.some((mass) => mass > 0.01)).toBe(kind.includes(2));
    }
  }

  async expectGreedy(name: Name, sequences: readonly Sequence[], groupSize = 1): Promise<void> {
    const model = this.model(name);
    const groups = await model.sample({
      prompts: this.registered(model, sequences).map(({ prompt }) => prompt),
      groupSize,
      maxCompletionTokens: sequences[0]!.greedy.length,
      temperature: 0,
      topP: 1,
      topK: 0,
      stopTokens: [],
      seed: 1,
    });
    const found = groups.map((group) => group.map(({ tokens }) => [...tokens]));
    expect(found).toEqual(sequences.map(({ greedy }) => new Array(groupSize).fill(greedy)));
  }

  /** A checkpoint that Fovea writes opens with the same configuration, processor and weights. */
  expectWrittenAlike(name: Name): void {
    const target = mkdtempSync(join(this.folder, "written-"));
    exportModel(this.#directoryOf(name), target);
    const [before, after] = [openModelDirectory(this.#directoryOf(name)), openModelDirectory(target)];
    expect(after.config).toEqual(before.config);
    expect(after.vision.preprocessorJson).toEqual(before.vision.preprocessorJson);
    expect(after.stopTokens).toEqual(before.stopTokens);
    expect(weightsOf(target)).toEqual(weightsOf(this.#directoryOf(name)));
  }

  /** A checkpoint whose tensors are of another family; its directory. */
  mixed(name: Name, other: string = checkpointDirectory("tied-gqa")): string {
    const mixed = mkdtempSync(join(this.folder, "mixed-"));
    cpSync(this.#directoryOf(name), mixed, { recursive: true });
    cpSync(join(other, "model.safetensors"), join(mixed, "model.safetensors"));
    return mixed;
  }

  /** Adapters of decoder and vision tower begin as the model, raise log-probs in three steps, and merge into the same. */
  async expectAdapters(name: Name, sequence: Sequence): Promise<void> {
    const model = this.#directoryOf(name);
    const engine = await createLocalEngine({ model, threads: 1, lora: { rank: 2, alpha: 4, vision: true } });
    const scored = { prompt: this.#promptOf(sequence), completion: Int32Array.from(sequence.completion) };
    const [before] = await engine.score([scored]);
    expect(before!.logprobs).toBeAllclose(sequence.logprobsDouble, { rtol: 0, atol: 1e-4 });
    for (let step = 0; step < 3; step++) {
      await engine.accumulate([scored], [new Float64Array(sequence.completion.length).fill(1)]);
      await engine.step(ADAM);
    }
    const [after] = await engine.score([scored]);
    expect(sum(after!.logprobs)).toBeGreaterThan(sum(before!.logprobs) + 0.3);
    const saved = mkdtempSync(join(this.folder, "adapters-"));
    await engine.save(saved, { optimizer: false });
    await engine.close();
    const merged = mkdtempSync(join(this.folder, "merged-"));
    exportModel(model, merged, { adapter: saved });
    const whole = this.keep(new LocalModel({ model: merged, threads: 1 }));
    const [again] = await whole.score(this.registered(whole, [sequence]));
    expect(again!.logprobs).toBeAllclose(after!.logprobs, { rtol: 0, atol: 1e-4 });
  }
}
