import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openChromium } from "../testing/chromium.ts";
import { madeRun } from "../testing/made-run.ts";
import { PageComplaints } from "../testing/page-complaints.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { startViewer, type Viewer } from "./server/viewer-server.ts";

const root = temporaryDirectory();
const apart = temporaryDirectory();
const MANY = Array.from({ length: 9 }, (_, i) => `run-${i + 1}`);
let browser: Browser;
let viewer: Viewer;
let page: Page;
const complaints = new PageComplaints();

/** A run whose reward is the same in all of its iterations but the first. */
function constant(path: string, iterations: number, reward: number, flags: readonly string[] = []): void {
  madeRun({ path, completions: [], flags });
  const lines = Array.from({ length: iterations }, (_, i) =>
    JSON.stringify({
      event: "iteration",
      iteration: i + 1,
      reward: i === 0 ? 0 : reward,
      loss: 1.25 + i / 4,
    }),
  );
  writeFileSync(join(path, "metrics.jsonl"), lines.map((line) => `${line}\n`).join(""));
}

beforeAll(async () => {
  for (const [i, name] of MANY.entries()) {
    constant(join(root, name), 4, i + 1, ["train.seed=1", `train.groupSize=${i + 2}`]);
  }
  constant(join(root, "seed-0"), 1300, 0.2, ["train.seed=0", "credit.kind=constant"]);
  constant(join(root, "seed-1"), 700, 0.8, ["train.seed=1", "credit.kind=constant"]);
  constant(join(root, "a|b :: c"), 3, 7, ["train.seed=9", "credit.kind=uniform"]);
  constant(join(apart, "linked"), 3, 7, ["train.seed=9", "train.groupSize=40"]);
  symlinkSync(join(apart, "linked"), join(root, "linked"));
  browser = await openChromium();
  viewer = await startViewer({ runs: [root], intervalMs: 1000 });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
  rmSync(root, { recursive: true, force: true });
});

afterEach(async () => {
  await page.close();
  expect(complaints.taken()).toEqual([]);
});

async function open(query: Readonly<Record<string, string>>, runs: readonly string[], width = 1280) {
  page = await browser.newPage({ viewport: { width, height: 900 } });
  complaints.listen(page);
  const address = new URLSearchParams([
    ...Object.entries(query),
    ...runs.map((id): [string, string] => ["runs", id]),
  ]);
  await page.goto(`${viewer.url}#${String(address)}`);
  await page.locator(".chart canvas").first().waitFor();
}

const chart = (title: string) => page.locator(`.chart:has(b[title="${title}"])`);
const valuesOf = (title: string) => chart(title).locator(".values").innerText({ timeout: 5000 });

/** Moves the mouse over a chart, to a share of its width. */
async function hover(title: string, share: number): Promise<void> {
  const over = chart(title).locator(".u-over");
  await over.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await over.boundingBox())!;
  await page.mouse.move(x + share * width, y + height / 2);
}

test("the header has the recorded value, with the smoothed one beside it", async () => {
  await open({ group: "0", smooth: "0.5" }, ["run-1"]);
  // 0 1 1 1: (0.125 + 0.25 + 0.5) / 0.9375.
  await expect.poll(() => valuesOf("reward")).toBe("1 smoothed 0.933");
  await hover("reward", 0);
  await expect.poll(() => valuesOf("reward")).toBe("0 smoothed 0");
  expect(await chart("reward").locator(".where").innerText()).toBe("1");
});

test("values of several runs have names, and beyond its end a run has none", async () => {
  await open({ group: "0", smooth: "0" }, ["run-2", "seed-0"]);
  const label = chart("reward").getByRole("img");
  await expect.poll(() => label.getAttribute("aria-label")).toBe("reward: run-2 2; seed-0 0.2");
  await hover("reward", 0.9);
  const rows = chart("reward").locator(".readings tr");
  await expect
    .poll(() => rows.allInnerTexts())
    .toEqual([expect.stringMatching(/run-2\s+–/), expect.stringMatching(/seed-0\s+0\.2/)]);
  await page.mouse.move(0, 0);
  await expect.poll(() => rows.count()).toBe(0);
});

test("a group of runs of other lengths is a mean of both as far as both go, and of one after that", async () => {
  await open({ group: "1", smooth: "0" }, ["seed-0", "seed-1"]);
  await page.getByText("2 seeds").waitFor();
  await hover("reward", 0.3);
  await expect.poll(() => valuesOf("reward")).toBe("0.5");
  await hover("reward", 0.9);
  await expect.poll(() => valuesOf("reward")).toMatch(/0\.2 1 of 2 runs/);
});

test.each([1280, 390])("nine runs have room at %i pixels, the ninth with dashes", async (width) => {
  await open({ group: "0" }, MANY, width);
  await page.waitForTimeout(300);
  expect(Number(await page.evaluate("document.documentElement.scrollWidth"))).toBeLessThanOrEqual(width);
  const boxes = (await page.evaluate(
    `[...document.querySelectorAll(".chart header")].map((header) => header.scrollWidth - header.clientWidth)`,
  )) as number[];
  expect(boxes.length).toBeGreaterThan(1);
  expect(boxes.every((beyond) => beyond <= 0)).toBe(true);
  const dashed = page.locator(".run.dashed .cut");
  // a|b :: c, linked and seven runs have the eight colours first.
  expect((await dashed.allTextContents()).length).toBe(5);
});

test("runs with any name, and behind a link, are in the address", async () => {
  await open({ group: "0" }, ["a|b :: c", "linked"]);
  const checked = () => page.locator(".run:has(input:checked) .cut").allTextContents();
  await expect.poll(checked).toEqual(expect.arrayContaining(["a|b :: c", "linked"]));
  await page.locator('.run:has-text("run-3") input').click();
  await expect.poll(async () => (await checked()).length).toBe(3);
  await page.reload();
  await expect.poll(async () => (await checked()).length).toBe(3);
});

test("the views are a navigation", async () => {
  await open({ group: "0" }, ["run-1"]);
  const views = page.getByRole("navigation", { name: "Views" });
  expect(await views.locator("[aria-current=page]").allTextContents()).toEqual(["Runs"]);
  await views.getByRole("button", { name: "Results" }).click();
  expect(await views.locator("[aria-current=page]").allTextContents()).toEqual(["Results"]);
});
