import { describe, expect, test } from "vitest";
import type { ImageAblation } from "../credit/index.ts";
import { directoryFiles } from "../model/directory-files.ts";
import { gaussianBlur, openSightOf, type RgbImage } from "../model/index.ts";
import { openSight } from "../model/prompt-model.ts";
import { checkpointDirectory, recordedImage } from "../testing/model-fixtures.ts";
import { ablateImage, ablatePrompt } from "./ablated-prompt.ts";
import type { Prompt, PromptChunk } from "./engine.ts";
import { preparePrompt } from "./local/prompts/prepared-prompt.ts";

const DIRECTORY = checkpointDirectory("tied-gqa");
const { vision } = openSightOf(DIRECTORY)!;
const [, , START, END] = vision.specialTokens as [number, number, number, number];

const picture = (width: number, height: number, a = 3) =>
  recordedImage({ kind: "image", width, height, formula: { a, b: 5, d: 7, e: 11 } });
const text = (...tokens: number[]): PromptChunk => ({ kind: "text", tokens });
const image = (data: RgbImage): PromptChunk => ({ kind: "image", image: data });
const ablate = (chunks: readonly PromptChunk[], ablation: ImageAblation): readonly PromptChunk[] =>
  ablatePrompt({ chunks }, ablation, vision).chunks;
const tokensOf = (chunks: readonly PromptChunk[]) =>
  chunks.flatMap((chunk) => (chunk.kind === "text" ? chunk.tokens : []));

const NOISE = { kind: "noise", sigma: 200, seed: 4 } as const;
const PATCHES = { kind: "blacken-patches", probability: 0.6, patch: 14, seed: 4 } as const;
const EVERY: readonly ImageAblation[] = [
  { kind: "discard" },
  { kind: "black" },
  { kind: "blur", radius: 5 },
  NOISE,
  PATCHES,
];

test.each(EVERY)("a prompt without images is the same prompt under $kind", (ablation) => {
  const prompt: Prompt = { chunks: [text(1, START, 2)] };
  expect(ablatePrompt(prompt, ablation, vision)).toBe(prompt);
});

describe("discarding", () => {
  test("removes images with the markers around them, and nothing else", () => {
    const chunks = [
      text(1, START),
      image(picture(56, 56)),
      text(END, START),
      image(picture(56, 84)),
      text(END, 2, START, END, 3),
    ];
    expect(tokensOf(ablate(chunks, { kind: "discard" }))).toEqual([1, 2, START, END, 3]);
  });

  test("leaves markers in other places, and images without markers", () => {
    const chunks = [text(START, 1), image(picture(56, 56)), text(2, END)];
    expect(tokensOf(ablate(chunks, { kind: "discard" }))).toEqual([START, 1, 2, END]);
  });

  test("counts positions as for a prompt that never had the image", () => {
    const chunks = [text(1, START), image(picture(56, 84)), text(END, 2, 3)];
    const prepare = (prompt: Prompt) => preparePrompt(prompt, vision);
    const discarded = prepare({ chunks: ablate(chunks, { kind: "discard" }) });
    expect(discarded).toEqual(prepare({ chunks: [text(1, 2, 3)] }));
  });
});

test("discarding takes a video away as it does an image, with its marks and its time", () => {
  const frames = [picture(56, 84), picture(56, 84, 9), picture(56, 84, 3)];
  const chunks = [text(1, START), { kind: "video" as const, video: { frames, fps: 1 } }, text(END, 2, 3)];
  const discarded = preparePrompt({ chunks: ablate(chunks, { kind: "discard" }) }, vision);
  expect(discarded).toEqual(preparePrompt({ chunks: [text(1, 2, 3)] }, vision));
});

describe("pixels", () => {
  test("are changed at the size that the model sees", () => {
    const [chunk] = ablate([image(picture(61, 90))], { kind: "black" });
    expect(chunk).toEqual({
      kind: "image",
      image: { width: 56, height: 84, data: new Uint8Array(56 * 84 * 3) },
    });
  });

  test.each([
    ["shrunk to fewer pixels than it may have", 3136, 64 * 784, 2800, 28],
    ["between limits that no rounding meets", 78_400, 79_184, 300, 290],
    ["longer for its height than any image may be", 3136, 1_003_520, 29, 5800],
  ])("of an image that is %s are changed without another size", (_, minPixels, maxPixels, width, height) => {
    const { size: _size, ...settings } = vision.preprocessorJson;
    const content = { ...settings, min_pixels: minPixels, max_pixels: maxPixels };
    const files = directoryFiles(DIRECTORY);
    const json: typeof files.json = (name) =>
      name === "preprocessor_config.json" ? { content, where: name } : files.json(name);
    const own = openSight({ ...files, json })!.vision;
    const given = image({ width, height, data: new Uint8Array(width * height * 3).fill(90) });
    const [ablated] = ablatePrompt({ chunks: [given] }, { ...PATCHES, probability: 0 }, own).chunks;
    expect(own.spell({ chunks: [ablated!] })).toEqual(own.spell({ chunks: [given] }));
  });

  test("of a video are changed frame by frame", () => {
    const frames = [picture(61, 90), picture(61, 90, 9)];
    const [chunk] = ablate([{ kind: "video", video: { frames, fps: 2 } }], PATCHES);
    const [first] = ablate([image(frames[0]!)], PATCHES);
    if (chunk?.kind !== "video" || first?.kind !== "image") throw new Error("another kind");
    expect(chunk.video.fps).toBe(2);
    expect(chunk.video.frames.map(({ width, height }) => [width, height])).toEqual([
      [56, 84],
      [56, 84],
    ]);
    expect(chunk.video.frames[0]).toEqual(first.image);
  });

  test("blackened by patches are black or as given, square by square, in the share asked for", () => {
    const given = picture(280, 280);
    const data = given.data.map((value) => Math.max(1, value));
    const ablated = ablateImage({ ...given, data }, PATCHES).data;
    let black = 0;
    let wrong = 0;
    for (let top = 0; top < 280; top += 14) {
      for (let left = 0; left < 280; left += 14) {
        const first = (top * 280 + left) * 3;
        const isBlack = ablated[first] === 0;
        black += isBlack ? 1 : 0;
        for (let y = 0; y < 14; y++) {
          for (let i = 0; i < 14 * 3; i++) {
            const at = first + y * 280 * 3 + i;
            wrong += ablated[at] === (isBlack ? 0 : data[at]) ? 0 : 1;
          }
        }
      }
    }
    expect(wrong).toBe(0);
    // 400 draws of 0.6: within three standard deviations.
    expect(Math.abs(black / 400 - 0.6)).toBeLessThan(0.075);
  });

  test("blackened by patches that do not divide the image leave no pixel out", () => {
    const given = picture(56, 56);
    expect(ablateImage(given, { ...PATCHES, patch: 50, probability: 1 }).data.every((v) => v === 0)).toBe(
      true,
    );
    expect(ablateImage(given, { ...PATCHES, probability: 0 })).toEqual(given);
  });

  test("with noise are the given images plus normal draws, rounded and clipped", () => {
    const grey = { width: 112, height: 112, data: new Uint8Array(112 * 112 * 3).fill(128) };
    const noisy = ablateImage(grey, { ...NOISE, sigma: 20 }).data;
    const mean = noisy.reduce((sum, value) => sum + value, 0) / noisy.length;
    const variance = noisy.reduce((sum, value) => sum + (value - mean) ** 2, 0) / noisy.length;
    expect(Math.abs(mean - 128)).toBeLessThan(0.4);
    expect(Math.abs(Math.sqrt(variance) - 20)).toBeLessThan(0.3);
    const strong = ablateImage(grey, NOISE).data;
    // P(|N(0, 200)| > 127.5) = 0.524
    const clipped = strong.reduce((sum, value) => sum + (value === 0 || value === 255 ? 1 : 0), 0);
    expect(Math.abs(clipped / strong.length - 0.524)).toBeLessThan(0.01);
    expect(ablateImage(grey, { ...NOISE, sigma: 0 })).toEqual(grey);
  });

  test("are blurred by the radius asked for", () => {
    const given = picture(56, 56);
    expect(ablateImage(given, { kind: "blur", radius: 5 })).toEqual(gaussianBlur(given, 5));
  });

  test.each([NOISE, PATCHES])("of $kind depend on seed and image, not on the batch", (ablation) => {
    const [first, second] = [image(picture(56, 84)), image(picture(56, 84, 9))];
    const alone = ablate([first], ablation);
    expect(ablate([second, first], ablation)[1]).toEqual(alone[0]);
    expect(ablate([first], { ...ablation, seed: 5 })).not.toEqual(alone);
  });
});
