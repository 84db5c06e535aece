/**
 * @module
 * A file of lines that another process appends to, read on from where the last look ended.
 */
import { open, stat } from "node:fs/promises";
import { type FoundLine, type ReadLimits, readLines } from "./line-reader.ts";

/** Bytes at both ends of what was read; another file of the same length differs there. */
const SAMPLE_BYTES = 1024;

async function bytesAt(path: string, from: number, to: number): Promise<string> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Takes the lines of a growing file. */
export interface LineTaker {
  /** Another file is at the path, or a shorter one: what was taken counts no more. */
  readonly onReset: () => void;
  /** Returns false to stop before the next line. */
  readonly onLine: (line: FoundLine) => boolean;
}

/** Reads a file on as it grows; from its start where it was replaced, also in place. */
export class GrowingFile {
  readonly #limits: ReadLimits;
  readonly #taker: LineTaker;
  #offset = 0;
  #size = 0;
  /** Of the last look: the file, and its size and time. */
  #file = "";
  #state = "";
  /** Beginning and end of what was read. */
  #sample = "";
  /** Resets, so that a read that was under way adds nothing. */
  #round = 0;
  #reading: Promise<void> = Promise.resolve();

  /** @param limits of one read; the file is read in as many as it needs */
  constructor(limits: ReadLimits, taker: LineTaker) {
    this.#limits = limits;
    this.#taker = taker;
  }

  /** Bytes that were read. */
  get bytes(): number {
    return this.#offset;
  }

  /** Another number whenever the file was another one. */
  get round(): number {
    return this.#round;
  }

  /** Whether whole lines may follow that were not taken. */
  get hasMore(): boolean {
    return this.#offset < this.#size;
  }

  /** Reads what has been added since the last call; calls that come meanwhile wait for each other. */
  readOn(path: string): Promise<void> {
    const read = () => this.#read(path);
    this.#reading = this.#reading.then(read, read);
    return this.#reading;
  }

  /** Forgets everything, for a file that has gone. */
  reset(): void {
    [this.#offset, this.#size, this.#file, this.#state, this.#sample] = [0, 0, "", "", ""];
    this.#round += 1;
    this.#taker.onReset();
  }

  async #read(path: string): Promise<void> {
    const { size, ino, dev, mtimeMs } = await stat(path);
    const file = `${dev}:${ino}`;
    const state = `${size} ${mtimeMs}`;
    if (file === this.#file && state === this.#state) return;
    const isSame =
      file === this.#file && size >= this.#offset && (await this.#sampleOf(path)) === this.#sample;
    if (!isSame) this.reset();
    const round = this.#round;
    for (let isEnd = false; !isEnd && this.#offset < size; ) {
      let isStopped = false;
      const end = await readLines(path, this.#offset, this.#limits, (line) => {
        isStopped = round !== this.#round || !this.#taker.onLine(line);
        return !isStopped;
      });
      if (round !== this.#round) return;
      isEnd = isStopped || end.isEnd || end.next === this.#offset;
      this.#offset = end.next;
    }
    [this.#file, this.#state, this.#size] = [file, state, size];
    this.#sample = await this.#sampleOf(path);
  }

  async #sampleOf(path: string): Promise<string> {
    const [first, last] = [Math.min(SAMPLE_BYTES, this.#offset), Math.max(0, this.#offset - SAMPLE_BYTES)];
    return (await bytesAt(path, 0, first)) + (await bytesAt(path, last, this.#offset));
  }
}
