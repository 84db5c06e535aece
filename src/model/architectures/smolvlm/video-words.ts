/**
 * @module
 * The words around a video's frames: the number of frames, the length of the video, and the time of each
 * frame. They are text of the prompt, so they are encoded together with the text around them.
 */
import { DataError } from "../../../errors/index.ts";
import type { VideoClip } from "../../image/video-clip.ts";
import type { VisionChunk } from "../../vision.ts";
import { numberWords } from "./number-words.ts";

/**
 * A video as texts and frames, with the words that SmolVLM2 was trained with.
 *
 * @throws DataError when there is no frame, or `fps` is not above 0
 */
export function videoWords(video: VideoClip): (string | VisionChunk)[] {
  const { frames, fps } = video;
  if (frames.length === 0) throw new DataError("video: expected at least one frame, got none");
  if (!(fps > 0 && Number.isFinite(fps))) throw new DataError(`video: expected fps > 0, got ${fps}`);
  const count = numberWords(frames.length);
  const length = clock(Math.trunc(frames.length / fps));
  return [
    `You are provided the following series of ${count} frames from a ${length} [H:MM:SS] video.\n`,
    ...frames.flatMap((frame, i): (string | VisionChunk)[] => [
      `\nFrame from ${minutes(i / fps)}:`,
      { kind: "video", video: { frames: [frame], fps }, partOf: video },
    ]),
    "\n\n",
  ];
}

const two = (value: number) => String(value).padStart(2, "0");

/** Minutes and seconds, fractions cut off. */
function minutes(seconds: number): string {
  return `${two(Math.trunc(seconds / 60))}:${two(Math.trunc(seconds % 60))}`;
}

/** Hours, minutes and seconds, with days before them where there are any, as Python's timedelta prints them. */
function clock(seconds: number): string {
  const days = Math.trunc(seconds / 86_400);
  const rest = seconds % 86_400;
  const time = `${Math.trunc(rest / 3600)}:${two(Math.trunc(rest / 60) % 60)}:${two(rest % 60)}`;
  return days === 0 ? time : `${days} day${days === 1 ? "" : "s"}, ${time}`;
}
