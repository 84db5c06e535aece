/**
 * @module
 * Rows that are there already, by their id or by their content.
 */
import { createHash } from "node:crypto";
import type { RgbImage } from "../../model/index.ts";
import type { Problem } from "../problem.ts";
import type { FileSource } from "./file-source.ts";

/** A row that is there already, by its id or by its content. */
export interface DuplicatePlace {
  readonly index: number;
  readonly place: string;
  readonly same: "id" | "content";
  /** The place of the first of them. */
  readonly as: string;
}

/** Equal for problems that ask the same of the same pixels. */
export function contentKey({ question, answers, images, videos = [] }: Problem): string {
  const hash = createHash("sha256").update(JSON.stringify([question, answers]));
  const add = ({ width, height, data }: RgbImage) => hash.update(`${width}x${height}`).update(data);
  images.forEach(add);
  for (const { frames, fps } of videos) {
    hash.update(`video ${frames.length} ${fps}`);
    frames.forEach(add);
  }
  return hash.digest("base64").slice(0, 22);
}

/** Remembers the first occurrence of each item, and reports later occurrences. */
export class Duplicates {
  count = 0;
  readonly #first = new Map<string, number>();
  readonly #same: DuplicatePlace["same"];
  readonly #source: FileSource;
  readonly #report: ((row: DuplicatePlace) => void) | undefined;

  constructor(
    same: DuplicatePlace["same"],
    source: FileSource,
    report: ((row: DuplicatePlace) => void) | undefined,
  ) {
    this.#same = same;
    this.#source = source;
    this.#report = report;
  }

  meet(key: string, index: number): void {
    const first = this.#first.get(key);
    if (first === undefined) {
      this.#first.set(key, index);
      return;
    }
    this.count += 1;
    const [place, as] = [this.#source.place(index), this.#source.place(first)];
    this.#report?.({ index, place, same: this.#same, as });
  }
}
