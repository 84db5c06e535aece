import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { runCommandLine } from "../cli/program.ts";
import { configSchema, openConfiguredDialogue, openEngine, openTask } from "../config/index.ts";
import { openSource } from "../data/index.ts";
import { createLocalEngine } from "../engine/index.ts";
import { openChromium } from "../testing/chromium.ts";
import { PageComplaints } from "../testing/page-complaints.ts";
import { trainReal } from "../testing/real-run.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext } from "../testing/tiny-run.ts";
import { startViewer, type Viewer } from "./server/viewer-server.ts";

const root = temporaryDirectory();
const base = join(root, "base");
const run = join(root, "adapted");
/** Where screenshots of this file's pages are written; none are written unless it is set. */
const screenshots = process.env["FOVEA_SCREENSHOTS"];

let browser: Browser;
let viewer: Viewer;
let page: Page;
const complaints = new PageComplaints();

/** One command of the program, to its end; what it printed. */
async function command(...words: string[]): Promise<string> {
  const { context, stdout, stderr } = collectingContext({ openEngine });
  if ((await runCommandLine(words, context)) !== 0) throw new Error(stderr());
  return stdout();
}

beforeAll(async () => {
  await trainReal(base, 1);
  await trainReal(run, 2, [`model=${join(base, "model")}`, "engine.lora.rank=4"]);
  expect(readdirSync(join(run, "model")).sort()).toEqual([
    "adapter_config.json",
    "adapter_model.safetensors",
  ]);
  await command("export", run, join(run, "onnx"), "--onnx");
  browser = await openChromium();
  viewer = await startViewer({ runs: [root], intervalMs: 100 });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
  rmSync(root, { recursive: true, force: true });
});

afterEach(async ({ task }) => {
  if (screenshots !== undefined) {
    await page.screenshot({ path: join(screenshots, `${task.name.replace(/\W+/g, "-")}.png`) });
  }
  await page.close();
  expect(complaints.taken()).toEqual([]);
});

async function open(url: string): Promise<Page> {
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  complaints.listen(page);
  await page.goto(url);
  return page;
}

test("token panel: attention over the image, and weights by every credit method", async () => {
  await open(`${viewer.url}#view=rollouts&run=adapted&iteration=1&token=2`);
  await page.getByText("Weights by every credit method").waitFor({ timeout: 60_000 });
  const overlay = await page.locator("canvas[data-overlay]").getAttribute("data-overlay");
  expect((overlay ?? "").split(" ").length).toBeGreaterThan(3);
  expect(await page.locator(".methods tr").count()).toBeGreaterThan(5);
});

test("compare: two checkpoints of adapters, token by token", async () => {
  await open(`${viewer.url}#view=compare&run=adapted&iteration=1&token=2`);
  await page.getByText("Tokens that moved most").waitFor({ timeout: 60_000 });
  expect(await page.locator("canvas[data-overlay]").count()).toBe(2);
});

test("ask: the exported graphs answer as the engine with the adapter does", async () => {
  const [line = ""] = readFileSync(join(run, "rollouts", "000002.jsonl"), "utf8").split("\n");
  const { index } = JSON.parse(line) as { index: number };
  const config = configSchema.parse(
    (JSON.parse(readFileSync(join(run, "config.json"), "utf8")) as { config: unknown }).config,
  );
  const dialogue = await openConfiguredDialogue(config);
  const source = await openSource((await openTask(config)).train);
  const engine = await createLocalEngine({
    model: join(base, "model"),
    lora: { adapter: join(run, "model") },
    threads: 1,
  });
  const [group] = await engine.sample({
    prompts: [dialogue.prompt(await source.problem(index))],
    groupSize: 1,
    maxCompletionTokens: 16,
    temperature: 0,
    topP: 1,
    topK: 0,
    stopTokens: dialogue.stopTokens,
    seed: 1,
  });
  await engine.close();
  const expected = group![0]!;

  await open(`${viewer.url}#view=ask&run=adapted&picture=${index}`);
  await page.locator(".frames img").first().waitFor();
  await page.locator("form").getByRole("button", { name: "Ask", exact: true }).click();
  const saving = page.getByRole("button", { name: "save as JSON" });
  await saving.waitFor({ timeout: 60_000 });
  const [download] = await Promise.all([page.waitForEvent("download"), saving.click()]);
  const found = JSON.parse(readFileSync(await download.path(), "utf8")) as {
    tokens: number[];
    logprobs: number[];
  };
  expect(found.tokens).toEqual([...expected.tokens]);
  expect(found.logprobs).toBeAllclose(expected.logprobs, { rtol: 0, atol: 1e-4 });
});

test("inspect: one answer as a page, with its image and a button for each token", async () => {
  const file = join(root, "answer.html");
  await command("inspect", run, "--split", "train", "--html", file);
  await open(pathToFileURL(file).href);
  expect(await page.locator(".image img").count()).toBe(1);
  const tokens = page.locator("button[aria-pressed]");
  await tokens.nth(1).click();
  expect(await tokens.nth(1).getAttribute("aria-pressed")).toBe("true");
  expect(await page.locator(".patches > *").first().getAttribute("title")).toMatch(/^\d\.\d+/);
});

test("report: the run as a page of charts", async () => {
  const file = join(root, "report");
  await command("report", run, "--out", file);
  await open(pathToFileURL(`${file}.html`).href);
  expect(await page.locator("svg").count()).toBeGreaterThan(3);
  await page.getByRole("cell", { name: "engine.lora.rank", exact: true }).waitFor();
});

test("diagnose: the correlation of attention with right tokens, drawn", async () => {
  const out = join(root, "diagnosis");
  const fewest = ["--problems", "4", "--lambda", "2", "--candidates", "4", "--resamples", "10"];
  await command("diagnose", run, "digits", ...fewest, "--out", out);
  await open(pathToFileURL(join(out, "correlation.svg")).href);
  expect(await page.locator("svg text").count()).toBeGreaterThan(0);
});
