/**
 * @module
 * How long a video is, from the list that ffmpeg's framecrc writes: comments with time base and size, then a line a frame
 * with its time. Lines are read as they come and not kept, so that a video of hours takes no more memory than a short one.
 */
import type { VideoLength } from "./frame-sampling.ts";

export interface ListedVideo extends VideoLength {
  readonly width: number;
  readonly height: number;
}

/** Reads a list that comes in parts. */
export class FrameList {
  #rest = "";
  #timeBase: readonly [numerator: number, denominator: number] = [0, 0];
  #size: readonly [width: number, height: number] = [0, 0];
  #frames = 0;
  #first = Number.NaN;
  #last = Number.NaN;
  #lastDuration = 0;
  #shortest = Number.POSITIVE_INFINITY;

  /** Takes what comes next. */
  push(part: Uint8Array): void {
    const lines = (
      this.#rest + Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString("latin1")
    ).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#read(line);
  }

  #read(line: string): void {
    if (line.startsWith("#")) {
      const [, numerator, denominator] = /^#tb 0: (\d+)\/(\d+)/.exec(line) ?? [];
      if (numerator !== undefined) this.#timeBase = [Number(numerator), Number(denominator)];
      const [, width, height] = /^#dimensions 0: (\d+)x(\d+)/.exec(line) ?? [];
      if (width !== undefined) this.#size = [Number(width), Number(height)];
      return;
    }
    const [stream, , time = Number.NaN, duration = 0] = line.split(",").map(Number);
    if (stream !== 0 || line.trim() === "") return;
    if (this.#frames === 0) this.#first = time;
    else if (time > this.#last) this.#shortest = Math.min(this.#shortest, time - this.#last);
    this.#frames++;
    this.#last = time;
    this.#lastDuration = duration;
  }

  /**
   * The video of the whole list. Its rate is frames over time, the last frame's own included; where that is not said, the
   * last one is shown as long as the one shown shortest.
   *
   * @throws Error when there are no frames, or their size or times are missing
   */
  video(): ListedVideo {
    this.#read(this.#rest);
    this.#rest = "";
    if (this.#frames === 0) throw new Error("it has no frames");
    const [numerator, denominator] = this.#timeBase;
    const [width, height] = this.#size;
    const shortest = Number.isFinite(this.#shortest) ? this.#shortest : 0;
    const ticks = this.#last - this.#first + Math.max(this.#lastDuration, shortest);
    const fps = (this.#frames * denominator) / (ticks * numerator);
    if (!(width > 0 && height > 0 && fps > 0 && Number.isFinite(fps)))
      throw new Error(`expected size and times, got ${width} x ${height} at ${fps} fps`);
    return { totalFrames: this.#frames, fps, width, height };
  }
}
