import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { oneProblem as one, IMAGE_A as red, oneSummary as summary } from "../../testing/one-row.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { openFileSource } from "./file-source.ts";
import { filesSchema } from "./options.ts";

const base64 = Buffer.from(red).toString("base64");
const asked = { question: "Colour?", answer: "red" };

describe("images", () => {
  test.each([
    "img",
    "imgname",
    "image_paths",
    "image_file",
    "image_url",
    "image_base64",
    "input_image",
    "picture",
    "figure",
    "screenshot",
    "Image",
    "png",
  ])("in a column %s are read", async (name) => {
    expect(await summary({ ...asked, [name]: "a.png" })).toEqual(["Colour?", ["red"], [28]]);
  });

  test("in numbered columns are read in order, beside `image` too", async () => {
    expect(await summary({ ...asked, image: "a.png", image2: "b.png" })).toEqual([
      "Colour?",
      ["red"],
      [28, 56],
    ]);
    expect(await summary({ ...asked, image1: "b.png", image2: "a.png" })).toEqual([
      "Colour?",
      ["red"],
      [56, 28],
    ]);
    const pair = { left_image: "b.png", right_image: "a.png" };
    expect(await summary({ ...asked, ...pair })).toEqual(["Colour?", ["red"], [56, 28]]);
    expect(await summary({ ...asked, image: "a.png", image_2: null })).toEqual(["Colour?", ["red"], [28]]);
  });

  test.each<[string, object, string]>([
    ["image_1 beside image", { image: "a.png", image_1: "b.png" }, "in image, got another in image_1"],
    ["image2 beside images", { images: ["a.png"], image2: "b.png" }, "in images, got another in image2"],
    [
      "image_2 beside an image and an empty image_1",
      { image: "a.png", image_1: null, image_2: "b.png" },
      "in image, got another in image_2",
    ],
    ["image_17", { image_1: "a.png", image_17: "b.png" }, "in image_1, got another in image_17"],
  ])("in numbered columns that would be lost are reported: %s", async (_name, row, expected) => {
    await expect(one({ ...asked, ...row })).rejects.toThrow(`image: expected all images ${expected}`);
    const [column = ""] = Object.keys(row);
    expect((await one({ ...asked, ...row }, { columns: { image: column } })).images).toHaveLength(1);
  });

  test("in numbered columns that are read elsewhere, and none at all, are no loss", async () => {
    const twice = { images: ["a.png", "b.png"], image_1: "a.png", image_2: "b.png" };
    expect(await summary({ ...asked, ...twice })).toEqual(["Colour?", ["red"], [28, 56]]);
    const none = { image: "a.png", image_1: { bytes: null, path: null }, image_2: "nan", image_3: 7 };
    expect((await one({ ...asked, images: ["a.png"], ...none, image: null })).images).toHaveLength(1);
  });

  test("in image are no loss where images has them, or has them in another form", async () => {
    const images = ["a.png", "b.png"];
    expect(await summary({ ...asked, images, image: "b.png" })).toEqual(["Colour?", ["red"], [28, 56]]);
    const bytes = [{ bytes: base64, path: null }];
    expect((await one({ ...asked, images: bytes, image: "a.png" })).images).toHaveLength(1);
    await expect(one({ ...asked, images: ["b.png"], image: "a.png" })).rejects.toThrow(
      "image: expected all images in images, got another in image: give them in one list, or name the one column",
    );
  });

  test("in messages beside a question are reported", async () => {
    const content = [
      { type: "image", image: "a.png" },
      { type: "text", text: "Shape?" },
    ];
    const row = { ...asked, messages: [{ role: "user", content }] };
    await expect(one(row)).rejects.toThrow(
      'got one in "messages": data.columns.question: messages reads it, and data.columns.image: ""',
    );
    expect((await one(row, { columns: { question: "messages" } })).images).toHaveLength(1);
    const told = { ...asked, messages: [{ role: "assistant", content: "a.png" }] };
    expect((await one(told)).images).toEqual([]);
  });

  test.each<[string, object]>([
    ["a file name", { visual: "a.png" }],
    ["a list of file names", { visuals: ["a.png", "b.jpg"] }],
    ["a data URI", { visual: `data:image/png;base64,${base64}` }],
    ["a struct of bytes and path", { visual: { bytes: null, path: "x/a.JPEG" } }],
    ["vLLM's struct", { inputs: { image: ["a.png"] } }],
  ])("in a column that is not read are reported: %s", async (_name, row) => {
    const [column = ""] = Object.keys(row);
    await expect(one({ ...asked, ...row })).rejects.toThrow(
      `image: expected it in a column for images, got one in "${column}": data.columns.image: ${column} reads it`,
    );
    expect((await one({ ...asked, ...row }, { columns: { image: "" } })).images).toEqual([]);
  });

  test("are not found in texts and addresses that only look like images", async () => {
    const row = {
      id: "train/1.png",
      note: "see a.png there",
      page: "https://example.org/page",
      of: { path: "x.txt" },
    };
    expect(await summary({ ...asked, ...row })).toEqual(["Colour?", ["red"], []]);
  });

  test("as bytes in a parquet column of another name are reported", async () => {
    const path = join(temporaryDirectory(), "rows.parquet");
    const column = (name: string, data: unknown[], type: "STRING" | "BYTE_ARRAY") => ({ name, data, type });
    const columns = [
      column("prompt", ["Colour?"], "STRING"),
      column("answer", ["red"], "STRING"),
      column("visual", [red], "BYTE_ARRAY"),
    ];
    writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData: columns })));
    const open = (options: object) => openFileSource(filesSchema.parse({ path, ...options }), "train");
    await expect((await open({})).problem(0)).rejects.toThrow('got one in "visual"');
    expect((await (await open({ columns: { image: "visual" } })).problem(0)).images).toHaveLength(1);
  });
});

test("marks that another column fills are refused, and are text without it", async () => {
  const audio = {
    messages: [
      { role: "user", content: "<audio>What?" },
      { role: "assistant", content: "x" },
    ],
  };
  await expect(one({ ...audio, audios: ["x.wav"] })).rejects.toThrow(
    "question: expected text and images, got <audio> for sound in audios: not supported",
  );
  const box = { question: "<image>Find <ref-object>", image: "a.png", answer: "<bbox>" };
  await expect(one({ ...box, objects: { ref: ["x"], bbox: [[1, 2, 3, 4]] } })).rejects.toThrow(
    "got <ref-object> for regions in objects",
  );
  expect((await one({ ...asked, question: "What does <audio> mean?" })).question).toBe(
    "What does <audio> mean?",
  );
});
