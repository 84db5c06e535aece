/**
 * @module
 * Prompts as chunks on the wire. Images are PNG, which keeps every pixel. Each image has its number of
 * tokens, so that a server that counts otherwise rejects it.
 */
import { createHash } from "node:crypto";
import type { ImageAblation } from "../../credit/index.ts";
import { EngineError } from "../../errors/index.ts";
import { encodePng, openSightOf, type RgbImage, type Sight } from "../../model/index.ts";
import { ablatePrompt } from "../ablated-prompt.ts";
import { allowedBy, type Capability } from "../capabilities.ts";
import type { Prompt } from "../engine.ts";
import type { FreshModel } from "../local/local-options.ts";
import type { WireChunk } from "./wire.ts";

/** Location of an image whose data come earlier in the same request. */
export const EARLIER_IMAGE = "sha256:";

interface WireImage {
  readonly png: Uint8Array;
  readonly digest: string;
  readonly tokens: number;
}

/** A prompt's chunks and its length. */
export interface WirePrompt {
  readonly chunks: readonly WireChunk[];
  /** Number of tokens, image tokens included. */
  readonly length: number;
  /** The same for prompts of equal content. */
  readonly content: string;
}

/** Turns prompts into chunks; an image is encoded once. */
export class PromptEncoder {
  readonly #sight: Sight | undefined;
  readonly #images = new WeakMap<RgbImage, Promise<WireImage>>();

  /**
   * @param model directory of the processor, or the built-in model
   * @throws ModelError when the directory cannot be read
   */
  constructor(model: string | FreshModel) {
    this.#sight = typeof model === "string" ? openSightOf(model) : openSightOf(model.assets, model.config);
  }

  /** Ids of tokens are below it; of a text model, whose configuration is not read, below what an id can be. */
  get vocabulary(): number {
    return this.#sight?.config.text.vocabSize ?? 2 ** 31;
  }

  /**
   * The engine's capabilities that the model allows: what its architecture allows, and none about images for a text
   * model.
   */
  allowed(capabilities: Iterable<Capability>): ReadonlySet<Capability> {
    const sight = this.#sight;
    if (sight !== undefined) return allowedBy(sight.architecture.capabilities, capabilities);
    return new Set([...capabilities].filter((name) => name !== "image-ablation"));
  }

  /**
   * The prompt under an ablation; a text model's prompts have nothing to ablate. Hidden images stay as they are, since a
   * request says by itself that it hides them.
   */
  ablated(prompt: Prompt, image: ImageAblation): Prompt {
    const sight = this.#sight;
    if (sight === undefined || image.kind === "mask-attention") return prompt;
    return ablatePrompt(prompt, image, sight.vision);
  }

  /**
   * The chunks of a prompt.
   *
   * @param sent digests of images that the request already contains, which are sent as pointers; none where the
   *   server cannot follow pointers
   * @throws EngineError when the prompt holds a video, for which the protocol has no chunk, hides its images, or has an
   *   image for a text model
   */
  async encode(prompt: Prompt, sent?: Set<string>): Promise<WirePrompt> {
    const chunks: WireChunk[] = [];
    const content: string[] = [];
    let length = 0;
    for (const [i, chunk] of prompt.chunks.entries()) {
      if (chunk.kind === "text") {
        if (chunk.tokens.length > 0) chunks.push({ type: "encoded_text", tokens: [...chunk.tokens] });
        content.push(chunk.tokens.join(" "));
        length += chunk.tokens.length;
        continue;
      }
      if (chunk.kind === "video") {
        throw new EngineError(`prompt: chunk ${i} is a video, for which the Tinker protocol has no chunk`);
      }
      if (prompt.hidesImages) {
        throw new EngineError(
          `prompt: hidesImages: chunk ${i} is an image, which the Tinker protocol cannot hide from later tokens`,
        );
      }
      const { png, digest, tokens } = await this.#image(chunk.image);
      const isSent = sent?.has(digest) ?? false;
      const about = { format: "png", expected_tokens: tokens } as const;
      chunks.push(
        isSent
          ? { type: "image_asset_pointer", location: `${EARLIER_IMAGE}${digest}`, ...about }
          : { type: "image", data: png, ...about },
      );
      sent?.add(digest);
      content.push(digest);
      length += tokens;
    }
    return { chunks, length, content: content.join("|") };
  }

  #image(image: RgbImage): Promise<WireImage> {
    let known = this.#images.get(image);
    if (known === undefined) {
      known = this.#encodeImage(image);
      this.#images.set(image, known);
    }
    return known;
  }

  async #encodeImage(image: RgbImage): Promise<WireImage> {
    if (this.#sight === undefined)
      throw new EngineError("prompt: has an image, but the model is a text model");
    const png = await encodePng(image);
    return {
      png,
      digest: createHash("sha256").update(png).digest("hex"),
      tokens: this.#sight.vision.tokens({ kind: "image", image }),
    };
  }
}
