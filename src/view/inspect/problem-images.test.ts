import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { madeRun } from "../../testing/made-run.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { writeVideoJsonl } from "../../testing/video-files.ts";
import { Run } from "../runs/run.ts";
import { PermittedParts } from "./permitted-parts.ts";
import { ProblemImages } from "./problem-images.ts";

test("problems and images of another run that was begun at the same path are that run's", async () => {
  const path = madeRun({ flags: ["data.kinds=[largest]"] });
  const run = new Run("made", path);
  const images = new ProblemImages(new PermittedParts([]));
  const before = await images.problem(run, 3);
  expect(await images.problem(run, 3)).toEqual(before);
  rmSync(path, { recursive: true });
  madeRun({ path, flags: ["data.kinds=[sum]", "data.digits=[5,5]"] });
  const after = await images.problem(run, 3);
  expect(after.question).not.toBe(before.question);
  const fresh = new ProblemImages(new PermittedParts([]));
  expect(await images.png(run, 3, 0, 1)).toEqual(await fresh.png(run, 3, 0, 1));
});

test("the number of pictures says which frames of a video they are", async () => {
  const path = madeRun();
  const rows = await writeVideoJsonl(4, path);
  const config = { model: { kind: "small" }, data: { kind: "files", path: rows } };
  writeFileSync(join(path, "config.json"), JSON.stringify({ version: 1, kind: "train", config, data: {} }));
  const [run, images] = [new Run("made", path), new ProblemImages(new PermittedParts([]))];
  // Frame n of the five has grey 10 n.
  const grey = async (place: number, count: number | null) =>
    (
      await sharp(await images.png(run, 3, place, count))
        .raw()
        .toBuffer()
    )[0];
  expect(await Promise.all([0, 1, 2].map((place) => grey(place, 3)))).toEqual([10, 30, 50]);
  expect(await Promise.all([0, 1, 2, 3, 4].map((place) => grey(place, 5)))).toEqual([10, 20, 30, 40, 50]);
  expect(await grey(0, null)).toBe(10);
  await expect(grey(3, 3)).rejects.toThrow("image 3: the problem has 3");
  await expect(grey(7, 9)).rejects.toThrow("image 7: the problem has 5");
});

test("the addresses of images in a run are not asked, though its configuration says so", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const path = join(temporaryDirectory(), "run");
    const rows = join(path, "rows.jsonl");
    madeRun({ path });
    const file = join(path, "config.json");
    const record = JSON.parse(readFileSync(file, "utf8")) as { readonly config: object };
    const data = { kind: "files", path: rows, fetchImages: true };
    writeFileSync(file, JSON.stringify({ ...record, config: { ...record.config, data } }));
    const row = { question: "What?", answer: "1", image: `http://127.0.0.1:${port}/private` };
    writeFileSync(rows, `${JSON.stringify(row)}\n`);
    const images = new ProblemImages(new PermittedParts([]));
    await expect(images.problem(new Run("made", path), 0)).rejects.toThrow("is a URL");
    expect(asked).toEqual([]);
  } finally {
    server.close();
  }
});
