/**
 * @module
 * The Chromium of this machine, for tests of the viewer's page.
 */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const USUAL = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Starts Chromium without a window: the one that CHROMIUM names, else the first at a usual place. */
export async function openChromium(): Promise<Browser> {
  const named = process.env["CHROMIUM"];
  const path = named ?? USUAL.find((place) => existsSync(place));
  if (path === undefined || !existsSync(path)) {
    throw new Error(
      `no Chromium at ${named ?? USUAL.join(", ")}: install one (apt-get install chromium), or set CHROMIUM to its path`,
    );
  }
  return chromium.launch({ executablePath: path, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}
