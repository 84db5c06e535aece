import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { encodePng } from "../model/index.ts";
import { openChromium } from "../testing/chromium.ts";
import { madeRun } from "../testing/made-run.ts";
import { PageComplaints } from "../testing/page-complaints.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { startViewer, type Viewer } from "./server/viewer-server.ts";

const root = temporaryDirectory();
let browser: Browser;
let viewer: Viewer;
let page: Page;
const complaints = new PageComplaints();

beforeAll(async () => {
  madeRun({ path: join(root, "first") });
  browser = await openChromium();
  viewer = await startViewer({ runs: [root], intervalMs: 100 });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
  rmSync(root, { recursive: true, force: true });
});

async function open(hash: string): Promise<void> {
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  complaints.listen(page);
  await page.goto(`${viewer.url}#${hash}`);
}

afterEach(async () => {
  await page.close();
  expect(complaints.taken()).toEqual([]);
});

test("an evaluation that is written after its iteration, with the same number, appears without a reload", async () => {
  const path = madeRun({ path: join(root, "evaluated"), iterations: 3, completions: [] });
  await open("runs=evaluated&find=accuracy");
  await page.locator('.run:has-text("evaluated")').getByText("at 3 of 4").waitFor();
  expect(await page.locator(".chart").count()).toBe(0);
  const evaluation = (iteration: number) =>
    JSON.stringify({ event: "evaluation", iteration, accuracy: iteration / 4, low: 0.1, high: 0.9 });
  appendFileSync(join(path, "metrics.jsonl"), `${evaluation(0)}\n${evaluation(3)}\n`);
  await page.locator(".chart").first().waitFor();
  await expect
    .poll(() => page.locator(".chart .values").first().innerText({ timeout: 5000 }))
    .toMatch(/75 %/);
});

test("every image of a problem is shown, and of a missing one the reason beside them", async () => {
  complaints.expect(/\/images\/0\/2\.png/, /\/inspect\//);
  const path = madeRun({ path: join(root, "pictured"), iterations: 1, completions: [["a1", "b2"]] });
  const png = await encodePng({ width: 28, height: 28, data: new Uint8Array(28 * 28 * 3).fill(90) });
  for (const name of ["a.png", "b.png"]) writeFileSync(join(path, name), png);
  const file = join(path, "train.jsonl");
  writeFileSync(file, `${JSON.stringify({ question: "?", answer: "1", images: ["a.png", "b.png"] })}\n`);
  const config = { model: { kind: "small" }, data: { kind: "files", path: file } };
  writeFileSync(join(path, "config.json"), JSON.stringify({ version: 1, kind: "train", config, data: {} }));
  const rollouts = join(path, "rollouts", "000001.jsonl");
  writeFileSync(rollouts, readFileSync(rollouts, "utf8").replaceAll('"index":0', '"index":0,"pictures":3'));
  await open("view=rollouts&run=pictured");
  const frames = page.locator(".problem .frames");
  await expect.poll(() => frames.locator("img").count()).toBe(2);
  await frames.getByText("The image is not available from its source: image 2: the problem has 2.").waitFor();
});

test("another run that is begun at the same path is shown with its own problems", async () => {
  const path = madeRun({ path: join(root, "again"), iterations: 1, completions: [["old 1", "old 2"]] });
  await open("view=rollouts&run=again");
  await page.getByText("old 1").first().waitFor();
  const address = () => page.locator(".problem .frames img").first().getAttribute("src");
  const before = await address();
  rmSync(path, { recursive: true });
  madeRun({ path, iterations: 1, completions: [["new 1", "new 2"]], flags: ["train.seed=9"] });
  await page.getByText("new 1").first().waitFor({ timeout: 20_000 });
  expect(await address()).not.toBe(before);
});

test("a page of answers grows while its evaluation runs", async () => {
  const path = join(root, "first", "evaluation", "digits", "answers.jsonl");
  await mkdir(dirname(path), { recursive: true });
  const answer = (index: number) =>
    JSON.stringify({
      problem: `p${index}`,
      index,
      question: `question ${index}`,
      answers: ["1"],
      completion: "1",
      score: 1,
    });
  const head = JSON.stringify({ event: "evaluation", benchmark: "digits", model: "m", verdict: "rule" });
  writeFileSync(path, `${head}\n${answer(0)}\n`);
  await open("view=results");
  await page.getByText("question 0").waitFor();
  appendFileSync(path, `${answer(1)}\n`);
  await page.getByText("question 1").waitFor({ timeout: 20_000 });
});
