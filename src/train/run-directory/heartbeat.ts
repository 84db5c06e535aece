/**
 * @module
 * The sign of life of a run: a file that names the run's process, and whose time is renewed while the process runs.
 */
import { rmSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { replaceFile } from "../../model/index.ts";

/** The file in the run directory; missing before the start of a run and after its end. */
export const PROCESS_FILE = "process.json";
/** Seconds between two renewals of the file's time. */
const EVERY_SECONDS = 10;

/** The content of process.json. */
interface RunProcess {
  readonly pid: number;
  readonly host: string;
  readonly everySeconds: number;
}

/** Renews the time of process.json until the run ends. */
export class Heartbeat {
  readonly #file: string;
  readonly #timer: NodeJS.Timeout;

  /** @throws RunError when the file cannot be written */
  constructor(file: string, everySeconds = EVERY_SECONDS) {
    this.#file = file;
    const content: RunProcess = { pid: process.pid, host: hostname(), everySeconds };
    replaceFile(file, [`${JSON.stringify(content)}\n`]);
    this.#timer = setInterval(() => this.#renew(), everySeconds * 1000);
    // A run that has nothing left to do must not wait for its sign of life.
    this.#timer.unref();
  }

  #renew(): void {
    const now = new Date();
    try {
      utimesSync(this.#file, now, now);
    } catch {
      // The directory may be gone; the next write of the run reports that.
    }
  }

  /** Ends the renewals and removes the file. */
  end(): void {
    clearInterval(this.#timer);
    rmSync(this.#file, { force: true });
  }
}
