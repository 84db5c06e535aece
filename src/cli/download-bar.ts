/**
 * @module
 * Shows a download on stderr.
 */
import type { OpenPartsOptions } from "../config/index.ts";
import type { DownloadEvent } from "../train/index.ts";
import type { CliContext } from "./context.ts";
import { ProgressBar, type ProgressMoment } from "./progress.ts";

const MEGABYTE = 1e6;

/** A download's bar, in megabytes. */
export function downloadMoment({ file, bytes, totalBytes }: DownloadEvent): ProgressMoment {
  const megabytes = (count: number) => Math.ceil(count / MEGABYTE);
  return {
    label: "downloading, MB",
    done: megabytes(bytes),
    total: megabytes(totalBytes),
    facts: [file],
  };
}

/** Draws a download that no run reports. */
export function downloadBar(context: CliContext): (event: DownloadEvent) => void {
  const bar = new ProgressBar(context);
  return (event) => bar.show(downloadMoment(event));
}

/** Callbacks for opening parts outside a run: a download is drawn as a bar, a warning printed as a line. */
export function partsOptions(context: CliContext): OpenPartsOptions {
  return {
    onDownload: downloadBar(context),
    warn: (message) => context.stderr(`warning: ${message}\n`),
  };
}
