import { expect, test } from "vitest";
import type { RgbImage } from "../model/index.ts";
import { pictureCount, pictures } from "./pictures.ts";

const picture = (grey: number): RgbImage => ({ width: 1, height: 1, data: Uint8Array.of(grey, grey, grey) });
const clip = (...greys: number[]) => ({ frames: greys.map(picture), fps: 2 });
const greys = (shown: readonly RgbImage[]) => shown.map(({ data }) => data[0]);

test("a problem is seen in the order of its prompt, of a video one frame for each patch of time", () => {
  const about = { id: "1", answers: ["7"], columns: {}, kind: "all", images: [picture(1), picture(2)] };
  const videos = [clip(10, 11, 12), clip(20, 21)];
  const question = "<video> <image> <video> <image>";
  expect(greys(pictures({ ...about, videos, question }, 2))).toEqual([10, 12, 1, 20, 2]);
  expect(greys(pictures({ ...about, videos, question }, 1))).toEqual([10, 11, 12, 1, 20, 21, 2]);
  expect(greys(pictures({ ...about, videos, question: "?" }, 2))).toEqual([1, 2, 10, 12, 20]);
  expect(greys(pictures({ ...about, question: "?" }, 2))).toEqual([1, 2]);
  expect([1, 2].map((frames) => pictureCount({ ...about, videos }, frames))).toEqual([7, 5]);
});
