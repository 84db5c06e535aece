import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { freshSmallModel } from "../config/index.ts";
import { createLocalEngine } from "../engine/index.ts";
import { createDialogue } from "../eval/index.ts";
import { chatTemplateOf } from "./chat-template.ts";
import { openModelDirectory, writeModelDirectory } from "./directory.ts";
import { exportModel } from "./export-model.ts";
import type { ImageGrid } from "./image/image-grid.ts";
import type { RgbImage } from "./image/rgb-image.ts";
import type { VideoClip } from "./image/video-clip.ts";
import type { SmallFiles } from "./small-files.ts";

interface Expected {
  readonly ids: number[];
  readonly image: { grid: ImageGrid; first: number[]; sum: number };
  readonly video: { grid: ImageGrid; first: number[]; sum: number };
  readonly sizes: { size: [number, number]; image: ImageGrid; video: ImageGrid }[];
}

const fixture = new URL("../../fixtures/model-files/processor/", import.meta.url).pathname;
const expected: Expected = JSON.parse(readFileSync(join(fixture, "expected.json"), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "fovea-joint-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A model whose only file about processors is the one that transformers 5 writes. */
const model = join(folder, "model");
const engine = await createLocalEngine({ model: freshSmallModel(1), threads: 1 });
await engine.save(model, { optimizer: false });
await engine.close();
rmSync(join(model, "preprocessor_config.json"));
for (const name of ["processor_config.json", "chat_template.jinja"])
  copyFileSync(join(fixture, name), join(model, name));

const still: RgbImage = {
  width: 84,
  height: 56,
  data: Uint8Array.from({ length: 56 * 84 * 3 }, (_, i) => (i * 7) % 256),
};
const mirrored = Uint8Array.from(still.data, (_, i) => {
  const [c, x, y] = [i % 3, Math.floor(i / 3) % 84, Math.floor(i / 252)];
  return still.data[(y * 84 + 83 - x) * 3 + c]!;
});
const inverse = Uint8Array.from(still.data, (value) => 255 - value);
const clip: VideoClip = {
  frames: [still, { ...still, data: mirrored }, { ...still, data: inverse }],
  fps: 2,
};

/** Holds a directory against what AutoProcessor made of the fixture. */
function requireSame(directory: string): void {
  const model = openModelDirectory(directory);
  const { vision } = model;
  const chunks = [
    { kind: "image", image: still },
    { kind: "video", video: clip },
  ] as const;
  const { images } = vision.spell({ chunks });
  const seen = [
    [images[0]!, expected.image],
    [images[1]!, expected.video],
  ] as const;
  for (const [{ patches, grid }, { grid: size, first, sum }] of seen) {
    expect(grid).toEqual(size);
    expect(patches.slice(0, first.length)).toBeAllclose(first, { rtol: 1e-5, atol: 1e-6 });
    const total = patches.reduce((all, value) => all + Math.abs(value), 0);
    expect([total]).toBeAllclose([sum], { rtol: 1e-6, atol: 0 });
  }
  for (const {
    size: [width, height],
    image,
    video,
  } of expected.sizes) {
    const frame = { width, height, data: new Uint8Array() };
    const clip = { frames: [frame, frame, frame, frame], fps: 2 };
    const merged = ([frames, rows, columns]: ImageGrid) => ({ frames, rows: rows / 2, columns: columns / 2 });
    expect(vision.grid({ kind: "image", image: frame })).toEqual(merged(image));
    expect(vision.grid({ kind: "video", video: clip })).toEqual({ ...merged(video), secondsPerFrame: 1 });
  }
  const dialogue = createDialogue(model);
  const about = { id: "1", answers: [""], columns: {}, kind: "all", question: "What is the sum?" };
  const prompt = dialogue.prompt({ ...about, images: [still], videos: [clip] });
  expect(dialogue.promptTokens(prompt)).toBe(expected.ids.length);
  const [open, ...rest] = prompt.chunks.flatMap((chunk) => (chunk.kind === "text" ? [...chunk.tokens] : []));
  expect([open, ...rest]).toEqual(expected.ids.filter((id) => !vision.pixelTokens.includes(id)));
}

test("processor_config.json alone gives transformers' images, videos and ids", () => {
  requireSame(model);
});

test("it goes along with every copy of the model, and says the same there", async () => {
  const trained = await createLocalEngine({ model, threads: 1 });
  const [saved, exported, written] = ["saved", "exported", "written"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await trained.save(saved, { optimizer: false });
  await trained.close();
  exportModel(model, exported, { dtype: "BF16" });
  const { config, vision, stopTokens, padToken, maxPositionEmbeddings, weights } = openModelDirectory(model);
  const tensors = new Map(
    [...weights.shapes].map(([name, shape]) => [name, { shape, data: weights.read(name) }] as const),
  );
  const settings = { config, vision, stopTokens, padToken, maxPositionEmbeddings };
  writeModelDirectory(written, { ...settings, weights: tensors, tokenizerFrom: model });
  const original = readFileSync(join(model, "processor_config.json"), "utf8");
  for (const directory of [saved, exported]) {
    expect(readFileSync(join(directory, "processor_config.json"), "utf8")).toBe(original);
  }
  for (const directory of [saved, exported, written]) requireSame(directory);
  const other = join(folder, "other");
  const { size } = vision.preprocessorJson as { readonly size: object };
  const limits = { max_pixels: 99_999, size: { ...size, longest_edge: 99_999 } };
  const wider = { preprocessorJson: { ...vision.preprocessorJson, ...limits } };
  writeModelDirectory(other, { ...settings, vision: wider, weights: tensors, tokenizerFrom: model });
  expect(openModelDirectory(other).vision).toMatchObject(wider);
});

test("a template calls the tokens that tokenizer_config.json names, as texts or objects", () => {
  const files: SmallFiles = {
    where: "model",
    json: (name) =>
      name === "tokenizer_config.json"
        ? {
            content: {
              bos_token: "<s>",
              eos_token: { content: "</s>" },
              chat_template: "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}{{ pad_token }}",
            },
            where: name,
          }
        : undefined,
    text: () => undefined,
  };
  const template = chatTemplateOf(files, undefined);
  expect(template.render([{ role: "user", content: "Why?" }])).toBe("<s>Why?</s>");
});

test("a template within it comes before one beside it, as in transformers", () => {
  const joint = join(folder, "joint");
  exportModel(model, joint);
  const path = join(joint, "processor_config.json");
  const json: object = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...json, chat_template: "{{ messages[0].content }}!" }));
  expect(openModelDirectory(joint).template.source).toBe("{{ messages[0].content }}!");
});
