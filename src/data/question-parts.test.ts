import * as fc from "fast-check";
import { expect, test } from "vitest";
import { IMAGE_PLACE, questionParts, VIDEO_PLACE } from "./question-parts.ts";

const image = { type: "image" };
const video = { type: "video" };
const text = (words: string) => ({ type: "text", text: words });

test("images without places come first", () => {
  expect(questionParts("Which?", 2)).toEqual([image, image, text("Which?")]);
  expect(questionParts("Which?", 0)).toEqual([text("Which?")]);
});

test("images are in their places, and the text around them is unchanged", () => {
  expect(questionParts("<image>\nIs it?", 1)).toEqual([image, text("\nIs it?")]);
  expect(questionParts("Is <image> like <image>?", 2)).toEqual([
    text("Is "),
    image,
    text(" like "),
    image,
    text("?"),
  ]);
  expect(questionParts("<image><image>", 2)).toEqual([image, image]);
});

test.each([
  ["<image>?", 0],
  ["<image>?", 2],
  ["<image><image>", 1],
])("%j with %d images is refused", (question, images) => {
  expect(() => questionParts(question, images)).toThrow(`got ${images}`);
});

test("videos are in their places too, and come after the images where neither has any", () => {
  expect(questionParts("Which?", 1, 2)).toEqual([image, video, video, text("Which?")]);
  expect(questionParts("<video>\nWhat?", 0, 1)).toEqual([video, text("\nWhat?")]);
  expect(questionParts("Is <image> in <video>?", 1, 1)).toEqual([
    text("Is "),
    image,
    text(" in "),
    video,
    text("?"),
  ]);
  expect(questionParts("In <video>?", 1, 1)).toEqual([image, text("In "), video, text("?")]);
});

test.each([
  ["<video>?", 0],
  ["<video><video>", 1],
])("%j with %d videos is refused", (question, videos) => {
  expect(() => questionParts(question, 0, videos)).toThrow(`a video for each of`);
});

test("the parts put together are the question", () => {
  const question = fc
    .array(fc.constantFrom(IMAGE_PLACE, VIDEO_PLACE, "a", " ", "\n"), { minLength: 1 })
    .map((parts) => parts.join(""));
  const written = { image: IMAGE_PLACE, video: VIDEO_PLACE };
  fc.assert(
    fc.property(question, (words) => {
      const count = (place: string) => words.split(place).length - 1;
      const parts = questionParts(words, count(IMAGE_PLACE), count(VIDEO_PLACE));
      expect(parts.map((part) => (part.type === "text" ? part.text : written[part.type])).join("")).toBe(
        words,
      );
    }),
  );
});
