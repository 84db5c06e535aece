import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openChromium } from "../testing/chromium.ts";
import { madeRun, metricsLine } from "../testing/made-run.ts";
import { PageComplaints } from "../testing/page-complaints.ts";
import { trainReal } from "../testing/real-run.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { startViewer, type Viewer } from "./server/viewer-server.ts";

const HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>1";
const root = temporaryDirectory();
const real = join(root, "real");
const made = join(root, "made");

let browser: Browser;
let viewer: Viewer;
let page: Page;
const complaints = new PageComplaints();

beforeAll(async () => {
  await trainReal(real, 3);
  madeRun({
    path: made,
    completions: [
      ["right 1", "wrong 2", "wrong 3"],
      ["wrong 4", "wrong 5"],
      [HOSTILE, "wrong 6"],
    ],
  });
  mkdirSync(join(root, "broken"));
  writeFileSync(join(root, "broken", "config.json"), '{"version":1,"kin');
  browser = await openChromium();
  viewer = await startViewer({ runs: [root], intervalMs: 100 });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
  rmSync(root, { recursive: true, force: true });
});

async function open(hash: string, width = 1280, height = 900): Promise<Page> {
  page = await browser.newPage({ viewport: { width, height } });
  complaints.listen(page);
  await page.goto(`${viewer.url}#${hash}`);
  return page;
}

afterEach(async () => {
  await page.close();
  expect(complaints.taken()).toEqual([]);
});

const atRoot = (expression: string) => page.evaluate(`document.documentElement.${expression}`);
const outcomes = () => page.locator(".completion .visually-hidden").allTextContents();

describe("runs", () => {
  test("curves of a real run are drawn, and one cursor crosses all charts", async () => {
    await open("runs=real");
    await page.locator(".chart canvas").nth(3).waitFor();
    const charts = page.locator(".chart");
    await charts.first().locator(".u-over").hover();
    const places = await page.locator(".chart header .where").allTextContents();
    expect(places.length).toBeGreaterThan(3);
    expect(new Set(places.slice(0, 3)).size).toBe(1);
  });

  test("several runs lie over each other, with what differs between them", async () => {
    await open("runs=real&runs=made");
    await page.getByText(/differs in \d+ of \d+ keys/).waitFor();
    await page.getByRole("cell", { name: "train.iterations" }).waitFor();
    await page.getByLabel("Seconds of each phase of an iteration of made").waitFor();
    await page.locator('.run:has-text("made") input').click();
    await page.getByText(/differs in/).waitFor({ state: "detached" });
    expect(await page.evaluate("location.hash")).toBe("#runs=real");
  });

  test("dragging over a curve looks closer at all of them, and a double click takes it back", async () => {
    await open("runs=real/warm-start");
    const over = page.locator(".chart .u-over").first();
    await over.waitFor();
    const box = await over.boundingBox();
    if (box === null) throw new Error("the chart has no box");
    await page.mouse.move(box.x + 0.25 * box.width, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.75 * box.width, box.y + 20, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => page.evaluate("location.hash")).toMatch(/range=\d+-\d+/);
    await page.getByText(/Iterations \d+ to \d+/).waitFor();
    await over.dblclick();
    await expect.poll(() => page.evaluate("location.hash")).not.toContain("range");
  });

  test("smoothing, log scale and a search are in the address", async () => {
    await open("runs=made");
    await page.getByPlaceholder("Find a metric").fill("reward");
    await page.getByLabel("Log scale").check();
    await page.locator(".chart").first().waitFor();
    expect(await page.locator(".chart").count()).toBe(1);
    expect(await page.evaluate("location.hash")).toBe("#runs=made&find=reward&log=1");
  });

  test("a broken run is listed with what is wrong", async () => {
    await open("");
    await page.getByText("config.json is cut off or no JSON").waitFor();
  });
});

describe("rollouts", () => {
  test("filters and orders completions", async () => {
    await open("view=rollouts&run=made");
    await page.locator(".completion").nth(6).waitFor();
    const texts = () => page.locator(".completion .mono").allTextContents();
    await page.getByRole("button", { name: "right", exact: true }).click();
    await expect.poll(outcomes).toEqual(["right", "right"]);
    await page.getByRole("button", { name: "wrong", exact: true }).click();
    await expect.poll(outcomes).toHaveLength(5);
    // Neighbours of one group have one heading.
    await expect.poll(() => page.locator(".group header").count()).toBe(3);
    await page.getByRole("button", { name: "no spread" }).click();
    await expect.poll(texts).toEqual(["wrong 4", "wrong 5"]);
    await page.getByRole("button", { name: "any" }).click();
    await page.getByRole("button", { name: "all", exact: true }).click();
    await page.getByLabel("sorted").selectOption("tokens");
    await expect.poll(async () => (await texts())[0]).toBe(HOSTILE);
    await page.getByRole("button", { name: "greatest first" }).click();
    await expect.poll(async () => (await texts()).at(-1)).toBe(HOSTILE);
  });

  test("all iterations are filtered and sorted in one list, which the address keeps", async () => {
    complaints.expect(/\/api\/runs\/made\/inspect\//); // The run has no model.
    await open("view=rollouts&run=made");
    await page.locator(".strip").waitFor();
    await page.keyboard.press("i");
    await page.getByText("iteration 1").first().waitFor();
    const texts = () => page.locator(".completion .mono").allTextContents();
    expect(await texts()).toHaveLength(21);
    await page.getByRole("button", { name: "right", exact: true }).click();
    await expect.poll(outcomes).toEqual(new Array(6).fill("right"));
    await page.getByLabel("sorted").selectOption("tokens");
    await expect.poll(texts).toEqual([HOSTILE, HOSTILE, HOSTILE, "right 1", "right 1", "right 1"]);
    await page.locator(".completion").nth(4).click();
    await expect.poll(() => page.locator(".strip").innerText({ timeout: 5000 })).toBe("right 1");
    await page.locator("[data-token='2']").click();
    await page.getByText("token 2 of 7").waitFor();
    await page.reload();
    await page.getByText("token 2 of 7").waitFor();
    expect(await page.evaluate("location.hash")).toMatch(/iteration=all.*at=2\.\d+|at=2\.\d+.*iteration=all/);
  });

  test("markup in a completion is text, and nothing of it runs", async () => {
    await open("view=rollouts&run=made&sort=tokens");
    await page.locator(".strip").waitFor();
    expect((await page.locator(".strip").innerText({ timeout: 5000 })).replaceAll("\n", "")).toBe(HOSTILE);
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(await page.locator("body script").count()).toBe(0);
  });

  test("hovering a token shows its numbers", async () => {
    await open("view=rollouts&run=made");
    await page.locator("[data-token='2']").hover();
    await expect
      .poll(() => page.getByRole("tooltip").innerText({ timeout: 5000 }))
      .toMatch(/log-prob\s+−0\.2\s.*role\s+visual/s);
  });

  test("clicking a token lays its attention over the image; another token's is another", async () => {
    await open("view=rollouts&run=real&iteration=1");
    const overlay = page.locator("canvas[data-overlay]");
    await page.locator("[data-token='1']").click();
    await page.getByText("Weights by every credit method").waitFor();
    const first = await overlay.getAttribute("data-overlay");
    await page.locator("[data-token='6']").click();
    expect(await overlay.getAttribute("data-overlay")).not.toBe(first);
    const shares = (first ?? "").split(" ").map(Number);
    expect(shares.length).toBeGreaterThan(3);
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
    for (const title of [
      "With the image and without",
      "Tokens that attend alike",
      "Attention along the completion",
    ]) {
      await page.getByText(title).waitFor();
    }
    expect(await page.locator(".methods tr").count()).toBeGreaterThan(5);
    await page.getByLabel("Colour by").selectOption("grounding");
    await page.reload();
    await page.getByText("Weights by every credit method").waitFor();
    expect(await page.locator("[aria-selected='true'][data-token]").getAttribute("data-token")).toBe("6");
    expect(await page.getByLabel("Colour by").inputValue()).toBe("grounding");
  });

  test("a run without weights says so where the model would speak", async () => {
    complaints.expect(/\/api\/runs\/made\/inspect\//); // The run has no model.
    await open("view=rollouts&run=made&token=1");
    await page.getByText("No model: made: has no weights yet").waitFor();
  });
});

describe("comparison", () => {
  test("two checkpoints of a run, token by token, and what each answers", async () => {
    await open("view=compare&run=real&iteration=1&token=3");
    await page.getByText("Tokens that moved most").waitFor({ timeout: 60_000 });
    expect(await page.getByRole("combobox", { name: "before" }).inputValue()).toBe("real::warm-start/model");
    expect(await page.locator("canvas[data-overlay]").count()).toBe(2);
    expect(await page.getByRole("listbox").count()).toBe(3);
  });
});

describe("live", () => {
  test("a run in training is updated on the page, and the newest rollouts appear", async () => {
    const path = join(root, "live");
    const training = trainReal(path, 4);
    await open("view=rollouts&run=live");
    await page.getByText("live", { exact: true }).first().waitFor({ state: "attached", timeout: 60_000 });
    const shown = () => page.getByLabel("Number of the iteration").inputValue();
    await expect.poll(shown, { timeout: 60_000 }).not.toBe("");
    await training;
    await expect.poll(shown, { timeout: 20_000 }).toBe("4");
    await page.keyboard.press("1");
    await page.locator('.run:has-text("live")').first().waitFor();
  });

  test("curves grow without a reload, and a run that is deleted is said to be gone", async () => {
    complaints.expect(/\/api\/runs\/growing\//);
    const path = madeRun({ path: join(root, "growing"), iterations: 2, completions: [] });
    await open("runs=growing");
    const row = page.locator('.run:has-text("growing")');
    await row.getByText("at 2 of 4").waitFor();
    appendFileSync(join(path, "metrics.jsonl"), `${metricsLine(3)}\n`);
    await row.getByText("at 3 of 4").waitFor();
    await expect
      .poll(() => page.locator(".chart .values").first().innerText({ timeout: 5000 }))
      .toMatch(/0\.2/);
    rmSync(path, { recursive: true });
    await page.locator('.run:has-text("growing")').waitFor({ state: "detached", timeout: 20_000 });
  });
});

describe("by keys alone", () => {
  test("from the runs to a token of another completion and back", async () => {
    complaints.expect(/\/api\/runs\/made\/inspect\//); // The run has no model.
    await open("runs=made");
    await page.locator(".chart").first().waitFor();
    await page.keyboard.press("2");
    await page.locator(".strip").waitFor();
    await page.keyboard.press("j");
    await expect.poll(() => page.locator(".strip").innerText({ timeout: 5000 })).toBe("wrong 2");
    await page.keyboard.press("f");
    await page.keyboard.press("[");
    await expect.poll(() => page.getByLabel("Number of the iteration").inputValue()).toBe("2");
    await expect.poll(outcomes).toEqual(["right", "right"]);
    await expect.poll(() => page.locator(".strip").innerText({ timeout: 5000 })).toBe("right 1");
    await page.keyboard.press("ArrowRight");
    await page.getByText("token 6 of 7").waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.getByText("token 5 of 7").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("token 5 of 7").waitFor({ state: "detached" });
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("next completion").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("t");
    expect(await atRoot("dataset.theme")).toBe("dark");
  });

  test("tabbing reaches every control, each with a ring that can be seen", async () => {
    await open("view=rollouts&run=made");
    await page.locator(".strip").waitFor();
    const reached = new Set<string>();
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press("Tab");
      const [name, outline] = (await page.evaluate(
        "[document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent, getComputedStyle(document.activeElement).outlineStyle]",
      )) as [string, string];
      if (name !== "") reached.add(name);
      if (name !== "" && (await page.evaluate("document.activeElement !== document.body")))
        expect(outline).not.toBe("none");
    }
    for (const name of ["Runs", "Light or dark", "Iteration", "truncated", "Tokens of the completion"]) {
      expect([...reached]).toContain(name);
    }
  });
});

describe.each([1280, 390])("%i pixels wide", (width) => {
  test.each([
    "runs=real&runs=made",
    "view=rollouts&run=real&iteration=1&token=3",
    "view=compare&run=real&iteration=1&token=3",
  ])("%s does not scroll sideways", async (hash) => {
    await open(hash, width);
    const waits = hash.startsWith("runs") ? ".chart canvas" : ".columns";
    await page.locator(waits).first().waitFor({ timeout: 60_000 });
    await page.waitForTimeout(300);
    expect(Number(await atRoot("scrollWidth"))).toBeLessThanOrEqual(width);
  });
});
