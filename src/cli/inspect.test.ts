import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { freshSmallModel, openEngine } from "../config/index.ts";
import { createLocalEngine } from "../engine/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext } from "../testing/tiny-run.ts";
import { writeFrames } from "../testing/video-files.ts";
import { runCommandLine } from "./program.ts";

const directory = temporaryDirectory();
const model = join(directory, "model");
const image = join(directory, "image.png");

beforeAll(async () => {
  const engine = await createLocalEngine({ model: freshSmallModel(3), threads: 1 });
  await engine.save(model, { optimizer: false });
  await engine.close();
  const channels = { width: 56, height: 84, channels: 3 } as const;
  await sharp({ create: { ...channels, background: "#804020" } })
    .png()
    .toFile(image);
}, 60_000);

async function run(...words: string[]) {
  const { context, stdout, stderr } = collectingContext({ openEngine });
  const status = await runCommandLine(["inspect", model, "--question", "What is it?", ...words], context);
  return { status, stdout: stdout(), stderr: stderr() };
}

describe("a given completion", () => {
  const given = ["--image", image, "--completion", "I see 4."];

  test("is shown token by token with every method", async () => {
    const { status, stdout } = await run(...given);
    expect(status).toBe(0);
    const [text, sentence, , head, ...rows] = stdout.split("\n");
    expect(text).toBe("I see 4.");
    expect(sentence).toMatch(/ had .* %, `.*; without the image `.*` had .* %\.$/);
    expect(head).toMatch(
      /^token\s+log-prob\s+entropy\s+visual mass.*without image\s+uniform\s+dyco-rl.*at-rl.*vicra/,
    );
    expect(rows.filter((row) => row.startsWith('"'))).toHaveLength(6);
  });

  test("comes as JSON, with attention on each merged patch of each image", async () => {
    const { stdout } = await run(...given, "--methods", "vicra", "--json");
    const inspection = JSON.parse(stdout);
    const [grid] = inspection.images;
    expect([grid.rows, grid.columns]).toEqual([3, 2]);
    const masses = grid.tokens.map((row: number[]) => row.reduce((sum, part) => sum + part, 0));
    expect(masses).toBeAllclose(inspection.attention.visualMass, { rtol: 1e-4, atol: 1e-5 });
    expect(inspection.methods.map(({ kind }: { kind: string }) => kind)).toEqual(["vicra"]);
  });

  test("about a video has a grid for each patch of time, and a picture for each on the page", async () => {
    const clip = join(directory, "clip");
    await writeFrames(clip, 5);
    const html = join(directory, "video.html");
    const words = [
      "--question",
      "Is <image> in <video>?",
      "--video",
      clip,
      "--fps",
      "4",
      "--html",
      html,
      "--json",
    ];
    const { stdout, status } = await run(...given, ...words, "--methods", "vicra");
    expect(status).toBe(0);
    const inspection = JSON.parse(stdout);
    expect(inspection.images.map(({ video, seconds }: Record<string, number>) => [video, seconds])).toEqual([
      [undefined, undefined],
      [0, 0],
      [0, 0.5],
      [0, 1],
    ]);
    const masses = [0, 1].map((t) =>
      inspection.images
        .flatMap(({ tokens }: { tokens: number[][] }) => tokens[t]!)
        .reduce((sum: number, part: number) => sum + part, 0),
    );
    expect(masses).toBeAllclose(inspection.attention.visualMass.slice(0, 2), { rtol: 1e-4, atol: 1e-5 });
    expect(inspection.withoutImage).not.toEqual(inspection.logprobs);
    expect(readFileSync(html, "utf8").match(/data:image\/png/g)).toHaveLength(4);
  });

  test("gives the same numbers when the weights are streamed", async () => {
    const words = [...given, "--methods", "dyco-rl", "--json"];
    const whole = JSON.parse((await run(...words)).stdout);
    const streamed = JSON.parse((await run(...words, "--stream")).stdout);
    expect(streamed.logprobs).toBeAllclose(whole.logprobs, { rtol: 1e-4, atol: 1e-4 });
    expect(streamed.methods[0].weights).toBeAllclose(whole.methods[0].weights, { rtol: 1e-4, atol: 1e-4 });
  });

  test("becomes a page on which text of user and model is never markup", async () => {
    const html = join(directory, "page.html");
    const question = "</script><script>alert(1)</script>";
    await run("--image", image, "--completion", "I see <b>4</b>.", "--question", question, "--html", html);
    const page = readFileSync(html, "utf8");
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page).not.toContain("<b>");
    const data = /<script type="application\/json" id="data">(.*)<\/script>/.exec(page)?.[1];
    expect(JSON.parse(data ?? "").question).toBe(question);
  });
});

test("the model's own answer is taken where none is given", async () => {
  const { stdout, status } = await run("--image", image, "--set", "sampling.maxCompletionTokens=4", "--json");
  expect(status).toBe(0);
  expect(JSON.parse(stdout).tokens.length).toBeLessThanOrEqual(4);
});

describe("bad input", () => {
  test("an invalid or missing image is named", async () => {
    const broken = join(directory, "broken.png");
    writeFileSync(broken, "no image");
    expect((await run("--image", broken, "--completion", "4")).stderr).toContain(`image ${broken}`);
    expect((await run("--image", join(directory, "gone.png"), "--completion", "4")).stderr).toContain(
      "gone.png",
    );
  });

  test("a video that is not there, or a rate of 0, is named", async () => {
    const gone = await run("--video", join(directory, "gone.mp4"), "--completion", "4");
    expect([gone.status, gone.stderr]).toEqual([1, expect.stringContaining("gone.mp4")]);
    const still = await run("--video", directory, "--fps", "0", "--completion", "4");
    expect([still.status, still.stderr]).toEqual([
      2,
      expect.stringContaining("--fps: expected a number above 0"),
    ]);
  });

  test("streamed weights cannot write an answer", async () => {
    const { status, stderr } = await run("--image", image, "--stream");
    expect(status).toBe(2);
    expect(stderr).toContain("expected --completion");
  });

  test("a question is needed, and a place for each image that it names", async () => {
    const { context, stderr } = collectingContext({ openEngine });
    expect(await runCommandLine(["inspect", model], context)).toBe(2);
    expect(stderr()).toContain("--question");
    const places = await run("--question", "<image> and <image>?", "--image", image, "--completion", "4");
    expect(places.status).toBe(1);
    expect(places.stderr).toMatch(/expected .*image/);
  });
});
