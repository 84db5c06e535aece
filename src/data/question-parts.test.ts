import * as fc from "fast-check";
import { expect, test } from "vitest";
import { IMAGE_PLACE, questionParts } from "./question-parts.ts";

const image = { type: "image" };
const text = (words: string) => ({ type: "text", text: words });

test("images without places come first", () => {
  expect(questionParts("Which?", 2)).toEqual([image, image, text("Which?")]);
  expect(questionParts("Which?", 0)).toEqual([text("Which?")]);
});

test("images stand in their places, and the text around them stays as it is", () => {
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

test("the parts put together are the question", () => {
  const question = fc
    .array(fc.constantFrom(IMAGE_PLACE, "a", " ", "\n"), { minLength: 1 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(question, (words) => {
      const places = words.split(IMAGE_PLACE).length - 1;
      const parts = questionParts(words, places);
      expect(parts.map((part) => (part.type === "image" ? IMAGE_PLACE : part.text)).join("")).toBe(words);
    }),
  );
});
