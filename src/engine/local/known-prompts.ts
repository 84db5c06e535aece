/**
 * @module
 * Prompts that the caller has shown before, by its ids: prepared once, used by many calls. Prepared they take about ten times
 * as much memory, so that those not used for longest are prepared again when they are needed.
 */
import type { ImageAblation } from "../../credit/index.ts";
import { EngineError } from "../../errors/index.ts";
import type { Sight } from "../../model/index.ts";
import { checkText } from "../../model/vision.ts";
import { ablatePrompt } from "../ablated-prompt.ts";
import type { Prompt } from "../engine.ts";
import { pixelBytes } from "./kept-prompts.ts";
import type { MemoryPlan } from "./memory/memory-plan.ts";
import { type PreparedPrompt, preparePrompt } from "./prompts/prepared-prompt.ts";
import type { PreparedSequence } from "./scoring/sequence-batches.ts";

/** A sequence whose prompt was registered before. */
export interface LocalSequence {
  readonly prompt: number;
  readonly completion: Int32Array;
}

/** A prompt as it came, for ablations, and as the decoder sees it, while that is kept. */
interface KnownPrompt {
  readonly prompt: Prompt;
  prepared: PreparedPrompt | undefined;
}

/** The share of the memory that prompts may have, and where they are counted. */
export type PromptMemory = Pick<MemoryPlan, "prompts" | "preparedPrompts" | "promptBytes">;

/** Bytes of what the vision tower is given, and of what it has made of it. */
function preparedBytes(prepared: PreparedPrompt | undefined): number {
  const images = prepared?.images ?? [];
  return images.reduce((sum, image) => sum + image.patches.byteLength + image.embeddings.byteLength, 0);
}

export class KnownPrompts {
  readonly #sight: Sight;
  /** No bound unless given. */
  readonly #memory: PromptMemory | undefined;
  /** In the order of the last use. */
  readonly #prompts = new Map<number, KnownPrompt>();

  constructor(sight: Sight, memory?: PromptMemory) {
    this.#sight = sight;
    this.#memory = memory;
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
    this.#settle();
  }

  forget(ids: readonly number[]): void {
    for (const id of ids) {
      this.#prompts.delete(id);
    }
    this.#settle();
  }

  /** Prompts with their images as given. */
  all(ids: readonly number[]): PreparedPrompt[] {
    const prompts = ids.map((id) => this.#prepared(id, undefined));
    this.#settle();
    return prompts;
  }

  /** Sequences with prepared prompts; sequences of one prompt share it. Images are as given or ablated. */
  sequences(sequences: readonly LocalSequence[], image?: ImageAblation): PreparedSequence[] {
    const prompts = new Map<number, PreparedPrompt>();
    const prepared = sequences.map(({ prompt: id, completion }, i) => {
      checkText(completion, this.#sight.config.text.vocabSize, this.#sight.vision, `completion ${i}`);
      const prompt = prompts.get(id) ?? this.#prepared(id, image);
      prompts.set(id, prompt);
      return { prompt, completion };
    });
    this.#settle();
    return prepared;
  }

  /**
   * A prompt, its images as given or ablated.
   *
   * @throws EngineError when it was not registered
   */
  #prepared(id: number, image: ImageAblation | undefined): PreparedPrompt {
    const known = this.#prompts.get(id);
    if (known === undefined) {
      throw new EngineError(`prompt ${id} is not registered`);
    }
    this.#prompts.delete(id);
    this.#prompts.set(id, known);
    const { prompt } = known;
    const { vision } = this.#sight;
    const isHidden = image?.kind === "mask-attention";
    const ablated = image === undefined || isHidden ? prompt : ablatePrompt(prompt, image, vision);
    if (ablated !== prompt) return preparePrompt(ablated, vision);
    known.prepared ??= preparePrompt(prompt, vision);
    return isHidden ? { ...known.prepared, hidesImages: true } : known.prepared;
  }

  /** Lets go of what was prepared and not used for longest, beyond its share of the memory, and counts the rest. */
  #settle(): void {
    if (this.#memory === undefined) return;
    const all = [...this.#prompts.values()];
    const most = this.#memory.promptBytes;
    let bytes = all.reduce((sum, { prepared }) => sum + preparedBytes(prepared), 0);
    for (const known of all) {
      if (bytes <= most) break;
      bytes -= preparedBytes(known.prepared);
      known.prepared = undefined;
    }
    this.#memory.preparedPrompts = bytes;
    this.#memory.prompts = all.reduce((sum, { prompt }) => sum + pixelBytes(prompt), 0);
  }
}
