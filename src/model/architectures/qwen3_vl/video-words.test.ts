import { expect, test } from "vitest";
import { DataError } from "../../../errors/index.ts";
import type { RgbImage } from "../../image/rgb-image.ts";
import { videoWords } from "./video-words.ts";

const frame = (level: number): RgbImage => ({
  width: 1,
  height: 1,
  data: Uint8Array.of(level, level, level),
});
const video = (frames: number, fps: number) => ({
  frames: Array.from({ length: frames }, (_, i) => frame(i)),
  fps,
});
const texts = (frames: number, fps: number) =>
  videoWords(video(frames, fps)).filter((piece) => typeof piece === "string");

test("each temporal patch has the middle of its time before it, quarters rounded to even as Python does", () => {
  expect(texts(4, 2)).toEqual(["<0.2 seconds>", "<1.2 seconds>"]);
  expect(texts(8, 2)).toEqual(["<0.2 seconds>", "<1.2 seconds>", "<2.2 seconds>", "<3.2 seconds>"]);
  expect(texts(4, 1)).toEqual(["<0.5 seconds>", "<2.5 seconds>"]);
  expect(texts(4, 2 / 3)).toEqual(["<0.8 seconds>", "<3.8 seconds>"]);
});

test("a last frame without a second frame has its own time", () => {
  expect(texts(3, 1)).toEqual(["<0.5 seconds>", "<2.0 seconds>"]);
});

test("frames go two by two, as parts of the video", () => {
  const whole = video(3, 1);
  const chunks = videoWords(whole).filter((piece) => typeof piece !== "string");
  expect(chunks).toEqual([
    { kind: "video", video: { frames: whole.frames.slice(0, 2), fps: 1 }, partOf: whole },
    { kind: "video", video: { frames: whole.frames.slice(2), fps: 1 }, partOf: whole },
  ]);
});

test.each([
  [video(0, 1), "expected at least one frame"],
  [video(2, 0), "expected fps > 0, got 0"],
])("refuses a video without frames or rate", (broken, message) => {
  expect(() => videoWords(broken)).toThrow(DataError);
  expect(() => videoWords(broken)).toThrow(message);
});
