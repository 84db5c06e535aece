/**
 * @module
 * Loaded before a script (`node --import`): writes what its process needed to file descriptor 3 when it ends.
 */
import { writeSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
    writeSync(3, JSON.stringify({ cpuSeconds, peakGiB: maxRSS / 2 ** 20 }));
  });
}
