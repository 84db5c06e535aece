/**
 * @module
 * The two ways in which the line's families put videos into prompts: as one run of tokens whose rotary time tells when, or
 * frame by frame, each behind its time in words.
 */
import { roundHalfEven } from "../../image/round-half-even.ts";
import type { Tokenizer } from "../../tokenizer.ts";
import type { QwenConfig } from "./config.ts";
import type { SpelledVision, Surroundings, VisionPiece } from "./spell-prompt.ts";

type Pieces = Pick<SpelledVision, "pieces" | "replaces">;

/** A video as its patches are laid out. */
export interface CutVideo {
  /** Temporal patches, rows and columns. */
  readonly grid: readonly [times: number, rows: number, columns: number];
  /** Frames shown for each second of film. */
  readonly fps: number;
  /** Frames shown, before the last one was repeated. */
  readonly frames: number;
  readonly temporalPatchSize: number;
}

/** How a family spells a video out. */
export interface VideoSpelling {
  /** Tokens beside the pads, less the marks of the text around it that go. */
  extraTokens(video: CutVideo): number;
  pieces(video: CutVideo, around: Surroundings): Pieces;
}

/**
 * One run of pads between the marks of the template.
 *
 * @param timeStep positions of time from one temporal patch to the next, given the seconds between them
 */
export function videoAsRun(timeStep: (seconds: number) => number): VideoSpelling {
  return {
    extraTokens: () => 0,
    pieces({ grid, fps, temporalPatchSize }) {
      const interval = timeStep(temporalPatchSize / fps);
      return { pieces: [{ kind: "video", grid, interval }], replaces: { before: 0, after: 0 } };
    },
  };
}

/**
 * Each temporal patch between marks of its own, behind the middle of its time: `<0.3 seconds>`. The template's marks around
 * the whole video go. The first time is encoded together with the text before it, as a tokenizer sees them.
 */
export function videoByFrames(
  { visionStartTokenId: start, visionEndTokenId: end }: QwenConfig,
  tokenizer: () => Tokenizer,
): VideoSpelling {
  const encoded = (text: string) => tokenizer().encode(text, { special: false });
  return {
    extraTokens(video) {
      const stamps = Array.from({ length: video.grid[0] }, (_, patch) => encoded(timeStamp(video, patch)));
      return stamps.reduce((sum, { length }) => sum + length + 2, -2);
    },
    pieces(video, { before, after }) {
      const [times, rows, columns] = video.grid;
      const marks = { before: before.at(-1) === start ? 1 : 0, after: after[0] === end ? 1 : 0 };
      const run = lastRun(before.slice(0, before.length - marks.before), tokenizer());
      const pieces = Array.from({ length: times }, (_, patch): VisionPiece[] => [
        {
          kind: "text",
          tokens: [...encoded((patch === 0 ? run.text : "") + timeStamp(video, patch)), start],
        },
        { kind: "image", grid: [1, rows, columns] },
        { kind: "text", tokens: [end] },
      ]);
      return {
        pieces: pieces.flat(),
        replaces: { before: run.tokens + marks.before, after: marks.after },
      };
    },
  };
}

/** The middle of a temporal patch's time; its last frame may be the last of the video, repeated. */
function timeStamp({ fps, frames, temporalPatchSize }: CutVideo, patch: number): string {
  const at = (frame: number) => Math.min(frame, frames - 1) / fps;
  const first = patch * temporalPatchSize;
  return `<${tenths((at(first) + at(first + temporalPatchSize - 1)) / 2)} seconds>`;
}

/** One decimal, ties to even as Python writes them. Only quarters can be ties: no other number that ends on 5 is exact. */
function tenths(x: number): string {
  const isTie = Number.isInteger(4 * x) && !Number.isInteger(2 * x);
  return (isTie ? roundHalfEven(10 * x) / 10 : x).toFixed(1);
}

/** The text behind the last special token, if its tokens are what the text is encoded to; else none of it. */
function lastRun(tokens: readonly number[], tokenizer: Tokenizer): { text: string; tokens: number } {
  const special = new Set(tokenizer.specialTokens.map((token) => tokenizer.tokenId(token)));
  const first = tokens.findLastIndex((token) => special.has(token)) + 1;
  const run = tokens.slice(first);
  const text = tokenizer.decode(run);
  const again = tokenizer.encode(text, { special: false });
  const isSame = again.length === run.length && run.every((token, i) => token === again[i]);
  return isSame ? { text, tokens: run.length } : { text: "", tokens: 0 };
}
