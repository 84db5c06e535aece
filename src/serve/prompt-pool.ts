/**
 * @module
 * Chunks of the wire to prompts. Equal prompts are one object, because an engine computes sequences that share a prompt
 * object together; equal images are decoded once.
 */
import { createHash } from "node:crypto";
import { EARLIER_IMAGE, type Prompt, type PromptChunk, type wire } from "../engine/index.ts";
import { DataError } from "../errors/index.ts";
import { decodeImage, type RgbImage } from "../model/index.ts";
import { heldBytes, MOST_BYTES } from "./held-bytes.ts";
import { Kept, type KeptLimits } from "./kept.ts";
import { Refusal } from "./refusal.ts";
import type { ServedModel } from "./served-model.ts";

const KEPT_PROMPTS: KeptLimits = { values: 4096, bytes: MOST_BYTES };
const KEPT_IMAGES: KeptLimits = { values: 1024, bytes: MOST_BYTES };
/** Largest image decoded. */
const MAX_PIXELS = 2 ** 26;

interface KnownImage {
  readonly image: RgbImage;
  readonly tokens: number;
}

/** A chunk with its name and its length. */
interface ResolvedChunk {
  readonly chunk: PromptChunk;
  readonly tokens: number;
  readonly name: string;
}

/** A model's input, read. */
export interface ResolvedInput {
  readonly chunks: readonly ResolvedChunk[];
  /** `[n]` ids; −1 at the place of an image. */
  readonly tokens: Int32Array;
}

/** Reads inputs and keeps what it read. */
export class PromptPool {
  readonly #model: ServedModel;
  readonly #images: Kept<Promise<KnownImage>>;
  readonly #prompts: Kept<Prompt>;

  /** @param limits of images and prompts that are kept, least recently used first out */
  constructor(model: ServedModel, limits = { images: KEPT_IMAGES, prompts: KEPT_PROMPTS }) {
    this.#model = model;
    this.#images = new Kept(limits.images);
    this.#prompts = new Kept(limits.prompts);
  }

  /**
   * Reads an input.
   *
   * @param sent digests to names of images that are already in the request; this call adds its own
   * @throws EngineError when an id is not a text token
   * @throws DataError when an image cannot be read
   * @throws Refusal when an image has another number of tokens than expected, or is a pointer outside
   *   the same request
   */
  async resolve(
    { chunks }: wire.WireModelInput,
    sent: Map<string, Promise<KnownImage>>,
    where: string,
  ): Promise<ResolvedInput> {
    const resolved: ResolvedChunk[] = [];
    const tokens: number[] = [];
    for (const [i, chunk] of chunks.entries()) {
      if (chunk.type === "encoded_text") {
        if (chunk.tokens.length === 0) continue;
        this.#model.checkText(chunk.tokens, `${where}, chunk ${i}`);
        resolved.push({
          chunk: { kind: "text", tokens: chunk.tokens },
          tokens: chunk.tokens.length,
          name: chunk.tokens.join(" "),
        });
        for (const token of chunk.tokens) tokens.push(token);
        continue;
      }
      const place = `${where}, chunk ${i}`;
      const digest = chunk.type === "image" ? digestOf(chunk.data) : pointed(chunk.location, place);
      const known = chunk.type === "image" ? this.#image(digest, chunk.data, place) : sent.get(digest);
      if (known === undefined) {
        throw new Refusal("bad-request", `${place}: the request has no earlier image ${digest}`);
      }
      sent.set(digest, known);
      const { image, tokens: length } = await known;
      if (chunk.expected_tokens != null && chunk.expected_tokens !== length) {
        throw new Refusal(
          "expected-tokens",
          `${place}: an image of ${image.width} x ${image.height} has ${length} tokens, the client expected ${chunk.expected_tokens}`,
        );
      }
      resolved.push({ chunk: { kind: "image", image }, tokens: length, name: digest });
      for (let t = 0; t < length; t++) tokens.push(-1);
    }
    if (tokens.length === 0)
      throw new Refusal("bad-request", `${where}: expected at least one token, got none`);
    return { chunks: resolved, tokens: Int32Array.from(tokens) };
  }

  #image(digest: string, file: Uint8Array, where: string): Promise<KnownImage> {
    const known = this.#images.use(digest, () => this.#decode(file, where));
    known.then(
      ({ image: { data } }) => this.#images.hold(digest, known, [{ object: data, bytes: data.length }]),
      () => this.#images.drop(digest, known),
    );
    return known;
  }

  async #decode(file: Uint8Array, where: string): Promise<KnownImage> {
    const image = await decodeImage(file, { where, maxPixels: MAX_PIXELS });
    try {
      return { image, tokens: this.#model.dialogue.promptTokens({ chunks: [{ kind: "image", image }] }) };
    } catch (cause) {
      // Of pixels that the model cannot see, such as one line of many.
      if (!(cause instanceof DataError)) throw cause;
      throw new DataError(`${where}: ${cause.message}`, { cause });
    }
  }

  /** @throws EngineError when an id is not a text token */
  checkText(tokens: Iterable<number>, where: string): void {
    this.#model.checkText(tokens, where);
  }

  /**
   * The prompt of an input's first tokens; a cut never falls within an image.
   *
   * @param twin keeps prompts of equal content apart
   */
  prompt({ chunks }: ResolvedInput, length: number, twin = 0): Prompt {
    const parts: ResolvedChunk[] = [];
    let left = length;
    for (const part of chunks) {
      if (left <= 0) break;
      const { chunk } = part;
      if (chunk.kind === "text" && part.tokens > left) {
        const tokens = chunk.tokens.slice(0, left);
        parts.push({ chunk: { kind: "text", tokens }, tokens: left, name: tokens.join(" ") });
      } else parts.push(part);
      left -= part.tokens;
    }
    const content = parts.map((part) => part.name).join("|");
    const name = twin === 0 ? content : `${content}#${twin}`;
    return this.#prompts.use(name, () => ({ chunks: parts.map(({ chunk }) => chunk) }), heldBytes);
  }
}

function digestOf(file: Uint8Array): string {
  return createHash("sha256").update(file).digest("hex");
}

/** The digest that a location names; nothing is ever fetched or read from disk. */
function pointed(location: string, where: string): string {
  if (!location.startsWith(EARLIER_IMAGE)) {
    throw new Refusal(
      "unsupported",
      `${where}: image_asset_pointer: expected ${EARLIER_IMAGE}<digest> of an image earlier in the request; this server fetches nothing`,
    );
  }
  return location.slice(EARLIER_IMAGE.length);
}
