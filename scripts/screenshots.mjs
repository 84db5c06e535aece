/**
 * @module
 * Draws docs/images anew: the viewer's pages on a run, with another run beside it.
 *
 *     node scripts/screenshots.mjs RUN OTHER [FILE...]
 *
 * FILE draws some only: runs, token, compare, narrow, ask. For the last RUN must hold an export, RUN/onnx.
 */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { startViewer } from "fovea/view";
import { chromium } from "playwright-core";
import sharp from "sharp";

const [run, other, ...only] = process.argv.slice(2);
if (run === undefined || other === undefined) throw new Error("expected two run directories");
const [name, second] = [basename(run), basename(other)];
const TARGET = fileURLToPath(new URL("../docs/images/", import.meta.url));
const TOKEN = `run=${name}&iteration=300&token=5`;
const SHOTS = [
  {
    file: "runs",
    hash: `runs=${name}&runs=${second}`,
    width: 1280,
    height: 800,
    theme: "light",
    ready: ".chart canvas",
  },
  {
    file: "token",
    hash: `view=rollouts&${TOKEN}`,
    width: 1280,
    height: 1180,
    theme: "light",
    ready: ".methods",
  },
  {
    file: "compare",
    hash: `view=compare&${TOKEN}`,
    width: 1280,
    height: 900,
    theme: "dark",
    ready: ".strip",
  },
  {
    file: "narrow",
    hash: `view=rollouts&${TOKEN}`,
    width: 390,
    height: 1500,
    theme: "dark",
    ready: ".methods",
  },
  {
    file: "ask",
    hash: `view=ask&run=${name}&export=${name}/onnx`,
    width: 1280,
    height: 900,
    theme: "light",
    ready: ".thumbs button",
  },
];

/** Asks about a picture and opens a token. */
async function ask(page) {
  await page.locator(".thumbs button").nth(2).click();
  await page.locator(".frames img").first().waitFor();
  await page.keyboard.press("a");
  await page.getByText("save as JSON").waitFor();
  await page.locator("[data-role='visual']").nth(2).click();
  await page.mouse.move(800, 20);
}

const viewer = await startViewer({ runs: [run, other] });
const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
for (const { file, hash, width, height, theme, ready } of SHOTS) {
  if (only.length > 0 && !only.includes(file)) continue;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme });
  await page.goto(`${viewer.url}#${hash}`);
  await page.locator(ready).first().waitFor();
  if (file === "ask") await ask(page);
  await page.waitForTimeout(1500);
  if (file === "narrow")
    await page.evaluate("document.querySelector('.main').scrollIntoView(); scrollBy(0, -52)");
  // A palette of 128 colours is enough for flat surfaces, and a third of the size.
  await sharp(await page.screenshot())
    .png({ palette: true, colours: 128, effort: 10 })
    .toFile(`${TARGET}${file}.png`);
  await page.close();
}
await browser.close();
await viewer.close();
