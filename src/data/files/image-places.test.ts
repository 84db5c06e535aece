import { expect, test } from "vitest";
import { oneProblem as one, oneSummary as summary } from "../../testing/one-row.ts";
import { namedPlaces, withLikelyPlaces, withUsualPlaces } from "./image-places.ts";

const IMAGES = ["a.png", "b.png"];

test.each([
  [
    "<|vision_start|>",
    "<|vision_start|><|image_pad|><|vision_end|>and <|vision_start|><|image_pad|><|image_pad|><|vision_end|>?",
    "<image>and <image>?",
  ],
  ["Llama 3.2", "<|image|><|image|>Same?", "<image><image>Same?"],
  ["Gemma 3", "<start_of_image>or <start_of_image>?", "<image>or <image>?"],
  ["Phi-3-vision", "<|image_1|>or <|image_2|>?", "<image>or <image>?"],
  ["MiniCPM-V", "(<image>./</image>)\n(<image>./</image>)\nSame?", "<image>\n<image>\nSame?"],
  ["MiniCPM-V with numbers from 0", "<image_00>or <image_01>?", "<image>or <image>?"],
  ["InternLM-XComposer", "<ImageHere>or <ImageHere>?", "<image>or <image>?"],
  ["DeepSeek-VL", "<image_placeholder>or <image-placeholder>?", "<image>or <image>?"],
  ["Pixtral", "[IMG][IMG]Same?", "<image><image>Same?"],
  ["other numbers", "<image:1>or <Image#2>?", "<image>or <image>?"],
  ["capitals and tags", "<IMAGE>or <image/>?", "<image>or <image>?"],
])("places as %s marks them are places", async (_name, question, expected) => {
  expect(await summary({ question, images: IMAGES, answer: "x" })).toEqual([expected, ["x"], [28, 56]]);
});

test("numbers decide the order, and a number without an image is refused", async () => {
  const row = { images: IMAGES, answer: "x" };
  expect(await summary({ ...row, question: "<|image_2|>or <|image_1|>?" })).toEqual([
    "<image>or <image>?",
    ["x"],
    [56, 28],
  ]);
  await expect(one({ ...row, question: "<|image_1|>or <|image_3|>?" })).rejects.toThrow(
    "question: names image 3, expected at most 2",
  );
  await expect(one({ ...row, question: "<image_0>or <image_2>?" })).rejects.toThrow(
    "question: names image 2, expected at most 1",
  );
});

test("marks that may be text stay text unless they are as many as the images", () => {
  expect(withLikelyPlaces(["Which tag is <image/>?"], 2)).toEqual(["Which tag is <image/>?"]);
  expect(withLikelyPlaces(["Which tag is <image/>?"], 0)).toEqual(["Which tag is <image/>?"]);
  expect(withLikelyPlaces(["<image>: <IMAGE>?"], 1)).toEqual(["<image>: <IMAGE>?"]);
});

test("marks of videos are places too", () => {
  expect(withUsualPlaces("<|vision_start|><|video_pad|><|vision_end|>What?")).toBe("<video>What?");
});

test("Qwen-VL's text names the images at their places", async () => {
  const question = "Picture 1: <img>b.png</img>\nPicture 2: <img> a.png </img>\nSame?";
  const expected = ["Picture 1: <image>\nPicture 2: <image>\nSame?", ["no"], [56, 28]];
  expect(await summary({ query: question, response: "no" })).toEqual(expected);
  const mixed = { question: "<img>b.png</img>or <image>?", images: ["a.png"], answer: "x" };
  expect(await summary(mixed)).toEqual(["<image>or <image>?", ["x"], [56, 28]]);
  await expect(one({ question: "<img>c.png</img>?", answer: "x" })).rejects.toThrow(
    'image "c.png": no such file',
  );
});

test("a text without marks stays as it is", () => {
  const text = "a \0 <img> <b> </img> $& [IMAGE";
  expect(namedPlaces(withUsualPlaces(text))).toEqual({ text, images: [] });
});

test("TRL's parts name the row's images by their places", async () => {
  const part = (index: number) => ({ type: "image", index, text: null });
  const turn = (...parts: object[]) => ({ role: "user", content: parts });
  const answer = { role: "assistant", content: [{ type: "text", text: "x" }] };
  const swapped = [turn(part(1), part(0), { type: "text", text: "Same?" }), answer];
  expect(await summary({ images: IMAGES, messages: swapped })).toEqual([
    "<image><image>Same?",
    ["x"],
    [56, 28],
  ]);
  const text = { type: "text", text: "Q?" };
  await expect(one({ images: IMAGES, messages: [turn(part(2), part(0), text), answer] })).rejects.toThrow(
    "content: names image 2 from 0, expected below 2",
  );
  await expect(one({ images: IMAGES, messages: [turn(part(0), text), answer] })).rejects.toThrow(
    "content: expected a place for each of 2 images, got 1",
  );
});
