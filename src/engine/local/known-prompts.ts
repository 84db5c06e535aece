/**
 * @module
 * Prompts that the caller has shown before, by its ids: prepared once, used by many calls.
 */
import type { ImageAblation } from "../../credit/index.ts";
import { EngineError } from "../../errors/index.ts";
import type { Sight } from "../../model/index.ts";
import { checkText } from "../../model/vision.ts";
import { ablatePrompt } from "../ablated-prompt.ts";
import type { Prompt } from "../engine.ts";
import { type PreparedPrompt, preparePrompt } from "./prompts/prepared-prompt.ts";
import type { PreparedSequence } from "./scoring/sequence-batches.ts";

/** A sequence whose prompt was registered before. */
export interface LocalSequence {
  readonly prompt: number;
  readonly completion: Int32Array;
}

/** A prompt as it came, for ablations, and as the decoder sees it. */
interface KnownPrompt {
  readonly prompt: Prompt;
  readonly prepared: PreparedPrompt;
}

export class KnownPrompts {
  readonly #sight: Sight;
  readonly #prompts = new Map<number, KnownPrompt>();

  constructor(sight: Sight) {
    this.#sight = sight;
  }

  /** Remembers prompts under the caller's ids: all, or none when one of them fails. */
  register(prompts: readonly (readonly [id: number, prompt: Prompt])[]): void {
    const known = prompts.map(([id, prompt]): [number, KnownPrompt] => {
      const prepared = preparePrompt(prompt, this.#sight.vision);
      return [id, { prompt, prepared }];
    });
    for (const [id, prompt] of known) {
      this.#prompts.set(id, prompt);
    }
  }

  forget(ids: readonly number[]): void {
    for (const id of ids) {
      this.#prompts.delete(id);
    }
  }

  /** Sequences with prepared prompts; sequences of one prompt share it. Images are as given or ablated. */
  sequences(sequences: readonly LocalSequence[], image?: ImageAblation): PreparedSequence[] {
    const prompts = new Map<number, PreparedPrompt>();
    return sequences.map(({ prompt: id, completion }, i) => {
      checkText(completion, this.#sight.config.text.vocabSize, this.#sight.vision, `completion ${i}`);
      const prompt = prompts.get(id) ?? this.prepared(id, image);
      prompts.set(id, prompt);
      return { prompt, completion };
    });
  }

  /**
   * A prompt, its images as given or ablated.
   *
   * @throws EngineError when it was not registered
   */
  prepared(id: number, image?: ImageAblation): PreparedPrompt {
    const known = this.#prompts.get(id);
    if (known === undefined) {
      throw new EngineError(`prompt ${id} is not registered`);
    }
    const { prompt, prepared } = known;
    if (image?.kind === "mask-attention") return { ...prepared, hidesImages: true };
    const { vision } = this.#sight;
    const ablated = image === undefined ? prompt : ablatePrompt(prompt, image, vision);
    return ablated === prompt ? prepared : preparePrompt(ablated, vision);
  }
}
