import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
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

function write(path: string, lines: readonly object[]): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** A run of a seed with validation, begun on a day of January. */
function seeded(name: string, seed: number, day: number): string {
  const flags = [`train.seed=${seed}`];
  const path = madeRun({ path: join(root, "grid", "cells", name), completions: [], flags });
  const startedAt = `2026-01-0${day}T00:00:00.000Z`;
  writeFileSync(join(path, "environment.json"), JSON.stringify({ version: 1, startedAt }));
  const both = [1, 2, 3].flatMap((iteration) => [
    {
      event: "iteration",
      iteration,
      accuracy: 0.5 + iteration / 100,
      rewardParts: { accuracy: 0.5 + iteration / 100 },
      valueLoss: iteration,
      pairMargin: -iteration,
    },
    {
      event: "evaluation",
      iteration,
      accuracy: 0.6 + iteration / 100,
      low: 0.5,
      high: 0.7 + iteration / 100,
    },
  ]);
  write(join(path, "metrics.jsonl"), both);
  return path;
}

function answersOf(model: string, scores: readonly number[]): object[] {
  const head = { event: "evaluation", version: 1, benchmark: "digits", model, verdict: "rule", protocol: {} };
  const answers = scores.map((score, index) => ({
    problem: `p${index}`,
    index,
    sample: 0,
    kind: index < 2 ? "sum" : "largest",
    question: `Question <b>${index}</b>`,
    answers: ["15"],
    completion: `${model} says ${score}`,
    extracted: String(score),
    score,
    reason: "",
    stopReason: "stop",
    completionTokens: 3,
  }));
  return [head, ...answers];
}

beforeAll(async () => {
  seeded("uniform-0", 0, 1);
  seeded("uniform-1", 1, 2);
  const killed = madeRun({ path: join(root, "killed"), flags: ["credit.kind=uniform"] });
  const file = join(killed, "process.json");
  write(file, [{ pid: 1, host: "elsewhere", everySeconds: 10 }]);
  utimesSync(file, new Date(2026, 0, 1), new Date(2026, 0, 1));
  madeRun({ path: join(root, "other"), flags: ["credit.kind=constant"], completions: [] });
  madeRun({ path: join(root, "live"), flags: ["train.groupSize=2"], completions: [] });
  write(join(root, "other", "evaluation", "digits", "answers.jsonl"), answersOf("one", [1, 0, 0, 1]));
  write(join(root, "grid", "results", "a", "b", "answers.jsonl"), answersOf("two", [1, 1, 0, 0]));
  const value = (estimate: number) => ({ mean: { estimate, low: estimate - 0.1, high: estimate + 0.1 } });
  write(join(root, "grid", "comparison.json"), [
    {
      version: 1,
      axes: ["credit"],
      columns: [{ name: "accuracy", unit: "share" }],
      notes: ["brackets are 95 % intervals over 2 seeds"],
      rows: [
        { labels: { credit: "uniform" }, of: "training", seeds: [0, 1], values: { accuracy: value(0.5) } },
      ],
      cells: ["uniform-0", "uniform-1"].map((name) => ({
        labels: { credit: "uniform" },
        isTrained: true,
        directory: `cells/${name}`,
      })),
    },
  ]);
  browser = await openChromium();
  viewer = await startViewer({ runs: [root], intervalMs: 1000 });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
  rmSync(root, { recursive: true, force: true });
});

async function open(hash: string, width = 1280): Promise<void> {
  page = await browser.newPage({ viewport: { width, height: 900 } });
  complaints.listen(page);
  await page.goto(`${viewer.url}#${hash}`);
}

afterEach(async () => {
  await page.close();
  expect(complaints.taken()).toEqual([]);
});

const names = () => page.locator(".run .cut").allTextContents();

describe("the list of runs", () => {
  test("newest first, searched by name, state and setting", async () => {
    await open("group=0");
    await page.locator(".run").nth(4).waitFor();
    expect((await names())[0]).toBe("uniform-1");
    await page.getByLabel("Order of runs").selectOption("oldest");
    expect((await names()).at(-1)).toBe("uniform-1");
    await page.getByLabel("Search runs").fill("stopped");
    await expect.poll(names).toEqual(["killed"]);
    await page.getByLabel("Search runs").fill("train.seed=1 grid");
    await expect.poll(names).toEqual(["uniform-1"]);
  });

  test("a run whose process was killed says so and is not live", async () => {
    await open("runs=killed&group=0");
    await page.getByText(/stopped at 3 of 4: no sign of life from its process 1 on elsewhere/).waitFor();
    expect(await page.locator(".dot.live").count()).toBe(0);
  });

  test("seeds of one setting are one line unless that is switched off", async () => {
    await open("");
    await page.getByText("2 seeds").waitFor();
    expect(await page.getByLabel("Group seeds").isChecked()).toBe(true);
    await page.getByLabel("Group seeds").uncheck();
    await page.getByText("2 seeds").waitFor({ state: "detached" });
    expect(await page.evaluate("location.hash")).toBe("#group=0");
  });
});

describe("charts", () => {
  test("training and validation share one accuracy chart, values of the value head and of pairs have headings", async () => {
    await open("runs=grid/cells/uniform-0&group=0");
    await page.locator(".chart canvas").first().waitFor();
    const titles = await page.locator(".chart header b").allTextContents();
    expect(titles.filter((title) => title.includes("accuracy"))).toEqual(["accuracy"]);
    await expect
      .poll(() => page.locator(".chart .values").first().innerText({ timeout: 5000 }))
      .toMatch(/training 5\d %\s*validation 63 %/);
    expect(await page.locator(".section > summary h2").allTextContents()).toEqual([
      "Outcome",
      "Value head",
      "Pairs",
    ]);
  });

  test("on a narrow screen all headings but the first begin folded, and open", async () => {
    await open("runs=grid/cells/uniform-0&group=0", 390);
    await page.locator(".chart canvas").first().waitFor();
    expect(await page.locator(".section[open] > summary h2").allTextContents()).toEqual(["Outcome"]);
    await page.getByRole("heading", { name: "Pairs" }).click();
    await page.locator('.chart:has-text("pair margin") canvas').waitFor();
    expect(Number(await page.evaluate("document.documentElement.scrollWidth"))).toBeLessThanOrEqual(390);
  });
});

describe("results", () => {
  test("the row of a grid opens the curves of its runs", async () => {
    await open("view=results");
    await page.getByRole("button", { name: "uniform", exact: true }).click();
    await expect
      .poll(() => page.evaluate("decodeURIComponent(location.hash)"))
      .toContain("runs=grid/cells/uniform-0&runs=grid/cells/uniform-1");
    await page.locator(".chart canvas").first().waitFor();
  });

  test("answers are filtered by verdict and kind, markup in them is text", async () => {
    await open("view=results&answers=other/evaluation/digits");
    await page.getByText("Question <b>0</b>").waitFor();
    const completions = () => page.locator(".answer .mini").allTextContents();
    await page.getByRole("button", { name: /^wrong/ }).click();
    await expect.poll(completions).toEqual(["one says 0", "one says 0"]);
    await page.getByLabel("kind of problem").selectOption("sum");
    await expect.poll(completions).toEqual(["one says 0"]);
  });

  test("answers are searched by their text, and the mean has its interval", async () => {
    await open("view=results&answers=other/evaluation/digits");
    await page.getByText(/mean score 50 % \(15 % to 85 %\)/).waitFor();
    await page.getByLabel("Text of answers").fill("says 0");
    await page.keyboard.press("Enter");
    await expect
      .poll(() => page.locator(".answer .mini").allTextContents())
      .toEqual(["one says 0", "one says 0"]);
    expect(await page.evaluate("location.hash")).toContain("text=says+0");
  });

  test("two models are shown side by side, and the gains of one over the other can be listed", async () => {
    await open("view=results&answers=other/evaluation/digits");
    await page.getByLabel("beside").selectOption("grid/results/a/b");
    // 1 0 0 1 here, 1 1 0 0 beside.
    await page.getByText(/4 problems in both: 50 % here, 50 % beside, difference 0 points \(−\d+/).waitFor();
    await page.getByRole("button", { name: /^gained/ }).click();
    await expect
      .poll(() => page.locator(".answer .mini").allTextContents())
      .toEqual(["one says 0", "two says 1"]);
  });

  test.each([1280, 390])("%i pixels wide it does not scroll sideways", async (width) => {
    await open("view=results&answers=other/evaluation/digits&beside=grid/results/a/b", width);
    await page.locator(".answered").nth(3).waitFor();
    expect(Number(await page.evaluate("document.documentElement.scrollWidth"))).toBeLessThanOrEqual(width);
  });
});
