import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { configSchema, openConfiguredDialogue, openTask } from "../config/index.ts";
import { dycoRl } from "../credit/index.ts";
import { openSource, type ProblemSource } from "../data/index.ts";
import { type Completion, createLocalEngine, type Engine } from "../engine/index.ts";
import type { Dialogue } from "../eval/index.ts";
import { encodePng, exportOnnx } from "../model/index.ts";
import { openChromium } from "../testing/chromium.ts";
import { PageComplaints } from "../testing/page-complaints.ts";
import { trainReal } from "../testing/real-run.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { startViewer, type Viewer } from "./server/viewer-server.ts";

const CLOSE = { rtol: 0, atol: 1e-4 };
const root = temporaryDirectory();
const run = join(root, "real");
const TOKENS = 16;

let browser: Browser;
let viewer: Viewer;
let page: Page;
let engine: Engine;
let dialogue: Dialogue;
let source: ProblemSource;
let problem: number;
const complaints = new PageComplaints();

/** The saved answer of the page. */
interface Saved {
  readonly tokens: number[];
  readonly tokenTexts: string[];
  readonly logprobs: number[];
  readonly stopReason: string;
  readonly roles: string[];
  readonly visualMass: number[];
  readonly textMass: number[];
  readonly visualShift: number[];
  readonly textShift: number[];
}

beforeAll(async () => {
  await trainReal(run, 2);
  exportOnnx(join(run, "model"), join(run, "onnx"));
  const config = configSchema.parse(
    (JSON.parse(readFileSync(join(run, "config.json"), "utf8")) as { config: unknown }).config,
  );
  dialogue = await openConfiguredDialogue(config);
  source = await openSource((await openTask(config)).train);
  const [line = ""] = readFileSync(join(run, "rollouts", "000002.jsonl"), "utf8").split("\n");
  problem = (JSON.parse(line) as { index: number }).index;
  engine = await createLocalEngine({ model: join(run, "model"), threads: 1 });
  browser = await openChromium();
  viewer = await startViewer({ runs: [root], intervalMs: 100 });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
  await engine?.close();
  rmSync(root, { recursive: true, force: true });
});

async function open(hash: string, width = 1280, at = viewer): Promise<Page> {
  page = await browser.newPage({ viewport: { width, height: 900 } });
  complaints.listen(page);
  await page.goto(`${at.url}#${hash}`);
  return page;
}

afterEach(async () => {
  await page.close();
  expect(complaints.taken()).toEqual([]);
});

/** The engine's answer to a problem. */
async function engineAnswer(index: number, temperature = 0, seed = 1): Promise<Completion> {
  const [group] = await engine.sample({
    prompts: [dialogue.prompt(await source.problem(index))],
    groupSize: 1,
    maxCompletionTokens: TOKENS,
    temperature,
    topP: 1,
    topK: 0,
    stopTokens: dialogue.stopTokens,
    seed,
    signals: { attention: { row: "own" } },
  });
  return group![0]!;
}

const status = () => page.getByRole("status").last();

/** Asks, and waits for the whole answer. */
async function ask(): Promise<Saved> {
  await page.locator(".frames img").first().waitFor();
  await page.locator("form").getByRole("button", { name: "Ask", exact: true }).click();
  return finished();
}

async function finished(): Promise<Saved> {
  const saving = page.getByRole("button", { name: "save as JSON" });
  await saving.waitFor({ timeout: 60_000 });
  const [download] = await Promise.all([page.waitForEvent("download"), saving.click()]);
  return JSON.parse(readFileSync(await download.path(), "utf8")) as Saved;
}

describe("an answer in the browser", () => {
  test("is the engine's: tokens, log-probs, attention and roles, and the strip shows them", async () => {
    await open(`view=ask&run=real&picture=${problem}`);
    const found = await ask();
    const expected = await engineAnswer(problem);
    expect(found.tokens).toEqual([...expected.tokens]);
    expect(found.logprobs).toBeAllclose(expected.logprobs, CLOSE);
    const attention = expected.signals!.attention!;
    for (const signal of ["visualMass", "textMass", "visualShift", "textShift"] as const) {
      expect(found[signal], signal).toBeAllclose(attention[signal], CLOSE);
    }
    expect(found.roles).toEqual(dycoRl(attention).roles);
    const roles = "[...document.querySelectorAll('[data-token]')].map((token) => token.dataset.role)";
    expect(await page.evaluate(roles)).toEqual(found.roles);
    expect(found.stopReason).toBe(expected.stopReason);
    expect(await status().innerText()).toMatch(/^\d+ tokens?.* ms each$/);
  });

  test("with a temperature draws what the engine draws from the same seed", async () => {
    await open(`view=ask&run=real&picture=${problem}&temperature=1.3&seed=5`);
    const expected = await engineAnswer(problem, 1.3, 5);
    const found = await ask();
    expect(found.tokens).toEqual([...expected.tokens]);
    expect(found.logprobs).toBeAllclose(expected.logprobs, CLOSE);
    expect(found.tokens).not.toEqual([...(await engineAnswer(problem)).tokens]);
  });

  test("a token that is opened shows its attention over the picture, which adds up to its mass", async () => {
    await open(`view=ask&run=real&picture=${problem}&temperature=1&most=12`);
    const { visualMass } = await ask();
    const overlay = page.locator("canvas[data-overlay]");
    expect(await overlay.count()).toBe(0);
    const patches = async (token: number) => {
      await page.locator(`[data-token='${token}']`).click();
      await page.getByText(`token ${token} of ${visualMass.length}`).waitFor();
      return ((await overlay.getAttribute("data-overlay")) ?? "").split(" ").map(Number);
    };
    const first = await patches(1);
    expect(first.reduce((sum, share) => sum + share, 0)).toBeCloseTo(visualMass[1]!, 2);
    expect(await patches(visualMass.length - 1)).not.toEqual(first);
    await page.getByText("The likeliest at its place").waitFor();
    await page.getByText("Attention along the answer").waitFor();
    expect(await page.evaluate("location.hash")).toContain(`token=${visualMass.length - 1}`);
  });

  test("about a file of one's own is the one about the same pixels in the run", async () => {
    const { images, question } = await source.problem(problem);
    const file = join(root, "mine.png");
    writeFileSync(file, await encodePng(images[0]!));
    await open("view=ask&run=real");
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByLabel("Question", { exact: true }).fill(question);
    const found = await ask();
    const expected = await engineAnswer(problem);
    expect(found.tokens).toEqual([...expected.tokens]);
    expect(found.logprobs).toBeAllclose(expected.logprobs, CLOSE);
  });

  test("is not asked for before the chosen picture has come", async () => {
    await open("view=ask&run=real", 390);
    await page.locator(".thumbs button").first().waitFor();
    let come: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (come = resolve));
    await page.route(/images\/\d+\/0\.png/, async (route) => {
      await held;
      await route.continue();
    });
    await page.locator(".thumbs button").first().click();
    await page.getByText("the picture is loading").waitFor();
    expect(await page.locator("form").getByRole("button", { name: "Ask", exact: true }).isDisabled()).toBe(
      true,
    );
    await page.keyboard.press("a");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    expect(await page.getByText(/^answering/).count()).toBe(0);
    come();
    expect((await ask()).tokens.length).toBeGreaterThan(0);
  });

  test("to another question is another one, with markup shown as text", async () => {
    await open(`view=ask&run=real&picture=${problem}`);
    const before = await ask();
    await page.getByLabel("Question", { exact: true }).fill("<b>What</b> is it?");
    const after = await ask();
    expect(await page.locator(".asked").innerText()).toBe("<b>What</b> is it?");
    expect(after.logprobs).not.toEqual(before.logprobs);
  });
});

describe("what goes wrong is said", () => {
  test("a file that is no picture", async () => {
    const file = join(root, "no-picture.png");
    writeFileSync(file, "text");
    await open("view=ask&run=real");
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByText("no-picture.png: this browser cannot read it as an image").waitFor();
  });

  test("an export whose decoder is cut off, and one without a file", async () => {
    complaints.expect(/\/api\/exports\//, /onnx/i);
    const broken = join(root, "broken");
    cpSync(join(run, "onnx"), broken, { recursive: true });
    truncateSync(join(broken, "decoder.onnx"), 5000);
    const missing = join(root, "missing");
    cpSync(join(run, "onnx"), missing, { recursive: true });
    rmSync(join(missing, "vision.onnx"));
    await open(`view=ask&run=real&picture=${problem}&export=broken`);
    await page.locator(".frames img").first().waitFor();
    await page.locator("form").getByRole("button", { name: "Ask", exact: true }).click();
    await page.getByRole("alert").getByText("No answer").waitFor({ timeout: 60_000 });
    const choices = await page.getByLabel("Model").locator("option").allTextContents();
    expect(choices.map((text) => text.split(",")[0])).toEqual(["real/onnx", "broken"]);
    await page.getByLabel("Model").selectOption("real/onnx");
    expect((await ask()).tokens.length).toBeGreaterThan(0);
    rmSync(broken, { recursive: true });
    rmSync(missing, { recursive: true });
  });

  test("without an export the page says how to make one, and uses it once it is there", async () => {
    const other = join(root, "other-root");
    mkdirSync(other);
    cpSync(run, join(other, "plain"), { recursive: true, filter: (path) => !path.endsWith("onnx") });
    const own = await startViewer({ runs: [join(other, "plain")], intervalMs: 100 });
    try {
      await open("view=ask", 1280, own);
      await page.getByText(/npx fovea export --onnx \S+\/plain\/model \S+\/plain\/onnx/).waitFor();
      exportOnnx(join(other, "plain", "model"), join(other, "plain", "onnx"), { attentionLayers: 0 });
      await page.getByLabel("Model").waitFor({ timeout: 20_000 });
      await page.locator(".thumbs button").first().click();
      const { roles, tokens } = await ask();
      expect(tokens.length).toBeGreaterThan(0);
      expect(roles).toBeUndefined();
      await page.getByText("no roles: this export returns no attention").waitFor();
    } finally {
      await page.close();
      await own.close();
      rmSync(other, { recursive: true });
    }
  });
});

test("by keys alone: to the tab, a question, its tokens, and out again", async () => {
  await open("run=real");
  await page.locator(".tabs").waitFor();
  await page.keyboard.press("4");
  await page.locator(".thumbs button").first().focus();
  await page.keyboard.press("Enter");
  await page.locator(".frames img").first().waitFor();
  await page.keyboard.press("q");
  await page.keyboard.press("End");
  await page.keyboard.type(" Say it.");
  await page.keyboard.press("Enter");
  await finished();
  expect(await page.locator(".asked").innerText()).toMatch(/ Say it\.$/);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.getByText(/^token 1 of/).waitFor();
  await page.keyboard.press("Escape");
  await page.getByText(/^token 1 of/).waitFor({ state: "detached" });
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText("write the question").waitFor();
});

test.each([1280, 390])("%i pixels wide it does not scroll sideways", async (width) => {
  await open(`view=ask&run=real&picture=${problem}`, width);
  await ask();
  await page.locator("[data-token='1']").click();
  await page.getByText("The likeliest at its place").waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
});
