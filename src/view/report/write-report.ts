/**
 * @module
 * `fovea report`: a run as one HTML file and a Markdown summary.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { RunError } from "../../errors/index.ts";
import { replaceFile } from "../../files/index.ts";
import { PermittedParts } from "../inspect/permitted-parts.ts";
import { ProblemImages } from "../inspect/problem-images.ts";
import { runAt } from "../run-at.ts";
import type { Run } from "../runs/run.ts";
import { htmlReport, MOST_IMAGES, type ReportImages } from "./html-report.ts";
import { markdownReport } from "./markdown-report.ts";
import { type ReportContent, reportContent } from "./run-summary.ts";

/** Where the two files are. */
export interface WrittenReport {
  readonly html: string;
  readonly markdown: string;
  /** Why images are missing, each reason once. */
  readonly missingImages: readonly string[];
}

async function imagesOf(
  run: Run,
  { groups }: ReportContent,
  data: readonly string[],
): Promise<{ readonly found: ReportImages; readonly missing: readonly string[] }> {
  const images = new ProblemImages(new PermittedParts(data));
  const found = new Map<number, Uint8Array[]>();
  const missing = new Set<string>();
  for (const { index, pictures } of groups.flatMap(([first]) => first ?? [])) {
    const shown: Uint8Array[] = [];
    for (let place = 0; place < Math.min(MOST_IMAGES, pictures ?? 1); place++) {
      // A report without an image that cannot be had again is still a report.
      try {
        shown.push(await images.png(run, index, place, pictures));
      } catch (error) {
        missing.add((error as Error).message);
      }
    }
    found.set(index, shown);
  }
  return { found, missing: [...missing] };
}

/**
 * Writes `<target>.html` and `<target>.md`.
 *
 * @param data directories from which data sets in files may be read for their images, and a task's module be loaded
 * @throws RunError when the run cannot be read or the files not be written
 */
export async function writeReport(
  runDirectory: string,
  target: string,
  data: readonly string[] = [],
): Promise<WrittenReport> {
  const run = runAt(runDirectory);
  const content = await reportContent(run);
  const { found, missing } = await imagesOf(run, content, data);
  const written = { html: `${target}.html`, markdown: `${target}.md`, missingImages: missing };
  try {
    mkdirSync(dirname(target), { recursive: true });
    replaceFile(written.html, [htmlReport(content, found)]);
    replaceFile(written.markdown, [markdownReport(content)]);
  } catch (error) {
    throw new RunError(`${target}: the report cannot be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return written;
}
