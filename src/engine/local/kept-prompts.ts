/**
 * @module
 * The prompts that a model's thread keeps prepared, so that scoring and updating need not prepare them again: the most
 * recently used, bounded by their number and by the pixels of their images.
 */
import type { Prompt } from "../engine.ts";

const MOST_PROMPTS = 4096;
/** Bytes of pixels as images have them; prepared they take about ten times as much. */
const MOST_PIXEL_BYTES = 2 ** 28;

/** Bytes of the pixels of a prompt's images and videos. */
export function pixelBytes({ chunks }: Prompt): number {
  let bytes = 0;
  for (const chunk of chunks) {
    if (chunk.kind === "image") bytes += chunk.image.data.length;
    else if (chunk.kind === "video") for (const { data } of chunk.video.frames) bytes += data.length;
  }
  return bytes;
}

export class KeptPrompts {
  /** Ids in the order of the last use. */
  readonly #ids = new Map<Prompt, number>();
  readonly #most: { readonly prompts: number; readonly pixelBytes: number };
  #bytes = 0;
  #next = 0;

  constructor(most = { prompts: MOST_PROMPTS, pixelBytes: MOST_PIXEL_BYTES }) {
    this.#most = most;
  }

  /** The id of a prompt that is used now, and whether it is new. */
  use(prompt: Prompt): { readonly id: number; readonly isNew: boolean } {
    const known = this.#ids.get(prompt);
    if (known === undefined) this.#bytes += pixelBytes(prompt);
    const id = known ?? this.#next++;
    this.#ids.delete(prompt);
    this.#ids.set(prompt, id);
    return { id, isNew: known === undefined };
  }

  drop(prompt: Prompt): void {
    if (this.#ids.delete(prompt)) this.#bytes -= pixelBytes(prompt);
  }

  /** Drops the prompts beyond the bounds that were not used for longest, except these; returns their ids. */
  dropIdle(used: ReadonlySet<number>): number[] {
    const idle: number[] = [];
    for (const [prompt, id] of this.#ids) {
      if (this.#ids.size <= this.#most.prompts && this.#bytes <= this.#most.pixelBytes) break;
      if (used.has(id)) continue;
      this.drop(prompt);
      idle.push(id);
    }
    return idle;
  }
}
