import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { runCommandLine } from "../../../cli/program.ts";
import { openEngine } from "../../../config/index.ts";
import { creditMethod } from "../../../credit/index.ts";
import { createLocalEngine } from "../../../engine/local/create-local-engine.ts";
import { everyMethod, inspectCompletion } from "../../../inspect/index.ts";
import { smolCases, smolDirectory, smolPrompt } from "../../../testing/smolvlm-fixtures.ts";
import { temporaryDirectory } from "../../../testing/temporary-directory.ts";
import { collectingContext } from "../../../testing/tiny-run.ts";
import { writeFrames } from "../../../testing/video-files.ts";
import { openSightOf } from "../../directory.ts";
import type { VideoClip } from "../../image/video-clip.ts";
import { CHAT_TEMPLATE } from "./chat-template.ts";
import { videoWords } from "./video-words.ts";

const directory = smolDirectory("smolvlm-tied");
const { vision } = openSightOf(directory)!;
const methods = everyMethod(creditMethod({ kind: "uniform" }));

test("an inspection lays tiles over the picture, and every credit method has weights", async () => {
  const engine = await createLocalEngine({ model: directory, threads: 1 });
  const [, recorded] = smolCases("smolvlm-tied").find(([name]) => name === "one-image")!;
  const [sequence] = recorded.sequences;
  const prompt = smolPrompt(sequence!);
  const group = [sequence!.completion, sequence!.completion.toReversed()].map((tokens, i) => ({
    tokens,
    stopReason: "stop" as const,
    advantage: 1 - 2 * i,
  }));
  const found = await inspectCompletion(
    { engine, vision, methods, temperature: 1 },
    { prompt, group, place: 0 },
  );
  const { tiles, rows, columns } = vision.grid(prompt.chunks[1] as Parameters<typeof vision.grid>[0]);
  expect(tiles).toEqual({ rows: 2, columns: 3 });
  expect([rows, columns]).toEqual([2, 2]);
  const [picture] = found.images!;
  expect(found.images).toHaveLength(1);
  expect([picture!.rows, picture!.columns]).toEqual([4, 6]);
  for (const [t, values] of picture!.tokens.entries()) {
    expect(values).toHaveLength(24);
    const sum = values.reduce((a, b) => a + b, 0);
    expect(Math.abs(sum - found.attention!.visualMass[t]!)).toBeLessThan(1e-4);
  }
  expect(found.methods.filter(({ weights }) => weights === null)).toEqual([]);
  await engine.close();
});

test("a video that is shown frame by frame is one video, each frame at its time", async () => {
  const engine = await createLocalEngine({ model: directory, threads: 1 });
  const frame = (level: number) => ({ width: 32, height: 32, data: new Uint8Array(32 * 32 * 3).fill(level) });
  const clip = (fps: number): VideoClip => ({ frames: [frame(10), frame(90), frame(200)], fps });
  const text = { kind: "text" as const, tokens: [40, 41] };
  const chunks = [clip(2), clip(0.5)].flatMap((video) =>
    videoWords(video).map((piece) => (typeof piece === "string" ? text : piece)),
  );
  const group = [{ tokens: [50, 51], stopReason: "stop" as const, advantage: 1 }];
  const found = await inspectCompletion(
    { engine, vision, methods: [], temperature: 1 },
    { prompt: { chunks }, group, place: 0 },
  );
  const shown = found.images!.map(({ rows, columns, video, seconds }) => [rows, columns, video, seconds]);
  expect(shown).toEqual([
    [2, 2, 0, 0],
    [2, 2, 0, 0.5],
    [2, 2, 0, 1],
    [2, 2, 1, 0],
    [2, 2, 1, 2],
    [2, 2, 1, 4],
  ]);
  await engine.close();
});

test("the page of an inspection has each frame of a video, in the order of the attention on them", async () => {
  const folder = temporaryDirectory();
  const [model, clip, html] = [join(folder, "model"), join(folder, "clip"), join(folder, "page.html")];
  cpSync(directory, model, { recursive: true });
  writeFileSync(join(model, "chat_template.jinja"), CHAT_TEMPLATE);
  await writeFrames(clip, 8);
  const { context, stdout, stderr } = collectingContext({ openEngine });
  const asked = ["--question", "What is in <video>?", "--video", clip, "--completion", "yes"];
  const words = ["inspect", model, ...asked, "--methods", "uniform", "--html", html, "--json"];
  expect([await runCommandLine(words, context), stderr()]).toEqual([0, ""]);
  const { images } = JSON.parse(stdout()) as { images: { seconds: number }[] };
  expect(images.map(({ seconds }) => seconds)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]);
  const pngs = readFileSync(html, "utf8").matchAll(/data:image\/png;base64,([^"]+)/g);
  const greys = Array.from(
    pngs,
    async ([, png]) => (await sharp(Buffer.from(png!, "base64")).raw().toBuffer())[0],
  );
  expect(await Promise.all(greys)).toEqual([10, 20, 30, 40, 50, 60, 70, 80]);
});
