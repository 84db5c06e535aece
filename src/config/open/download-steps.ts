/**
 * @module
 * A download's progress, reported in at most a hundred events.
 */
import type { DownloadProgress } from "../../model/index.ts";
import type { DownloadEvent } from "../../train/loop/events.ts";

/** Reports the start of each file and every hundredth of all bytes. */
export function downloadSteps(
  onDownload: (event: DownloadEvent) => void,
): (progress: DownloadProgress) => void {
  let last = "";
  return (progress) => {
    const step = `${progress.file} ${Math.floor((100 * progress.bytes) / Math.max(1, progress.totalBytes))}`;
    if (step !== last) onDownload({ event: "download", ...progress });
    last = step;
  };
}
