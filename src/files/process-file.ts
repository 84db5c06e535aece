/**
 * @module
 * A file that names the process that writes a directory or a file, and whose time is renewed while the process runs.
 * Another process that finds it does not write there.
 */
import { randomUUID } from "node:crypto";
import {
  closeSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { RunError } from "../errors/index.ts";
import { isRunning } from "./running-process.ts";

/** Seconds between two renewals of the file's time. */
const EVERY_SECONDS = 10;
/** Renewals that may be missing while a process of another machine runs; it may be busy or the disk slow. */
const MISSED_RENEWALS = 6;

/** The content of the file. */
interface NamedProcess {
  /** Of this file alone: a file system may give a new file the inode of a deleted one. */
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /** Identity of the kernel's numbering of processes, which containers of one machine do not share; Linux only. */
  readonly namespace?: string;
  readonly everySeconds: number;
}

/** The files that this process holds. */
const held = new Set<string>();

function pidNamespace(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}

function readProcess(file: string): Partial<NamedProcess> {
  try {
    const found: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof found === "object" && found !== null ? found : {};
  } catch {
    return {};
  }
}

/** Whether the process of a file, not renewed for some seconds, may still run. */
function mayRun(
  file: string,
  { pid, host, namespace, everySeconds }: Partial<NamedProcess>,
  silence: number,
) {
  if (held.has(resolve(file))) return true;
  if (pid !== undefined && host === hostname() && namespace === pidNamespace()) {
    // A number of this process in a file that it does not hold is that of an earlier process.
    return pid !== process.pid && isRunning(pid);
  }
  return silence <= MISSED_RENEWALS * (everySeconds ?? EVERY_SECONDS);
}

/** Removes the file of a process that runs no more; throws when it may run. */
function removeAbandoned(file: string, what: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return;
  const found = readProcess(file);
  const silence = Math.max(0, (Date.now() - stats.mtimeMs) / 1000);
  if (mayRun(file, found, silence)) {
    const { pid = "?", host = "an unknown machine" } = found;
    throw new RunError(
      `${what}: process ${pid} on ${host} is writing it; wait for its end or choose another place. ` +
        `If that process is gone, delete ${file}`,
    );
  }
  // Another process may have taken the place meanwhile.
  if (readProcess(file).id === found.id) rmSync(file, { force: true });
}

/** Holds a place for this process, and renews the file's time until the end. */
export class ProcessFile {
  readonly #file: string;
  readonly #id = randomUUID();
  readonly #timer: NodeJS.Timeout;

  /**
   * @param what the place in words, for the error
   * @throws RunError when another process holds the place, or the file cannot be written
   */
  constructor(file: string, what: string, everySeconds = EVERY_SECONDS) {
    this.#file = resolve(file);
    removeAbandoned(file, what);
    const namespace = pidNamespace();
    const content: NamedProcess = {
      id: this.#id,
      pid: process.pid,
      host: hostname(),
      ...(namespace !== undefined && { namespace }),
      everySeconds,
    };
    try {
      const opened = openSync(file, "wx");
      try {
        writeSync(opened, `${JSON.stringify(content)}\n`);
      } catch (error) {
        rmSync(file, { force: true });
        throw error;
      } finally {
        closeSync(opened);
      }
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === "EEXIST") throw new RunError(`${what}: another process has just begun to write it`);
      const reason = code === "ENOSPC" ? "no space left on the disk" : message;
      throw new RunError(`${file}: cannot be written: ${reason}`, { cause });
    }
    held.add(this.#file);
    this.#timer = setInterval(() => this.#renew(), everySeconds * 1000);
    // A process that has nothing left to do must not wait for its sign of life.
    this.#timer.unref();
  }

  #renew(): void {
    const now = new Date();
    try {
      utimesSync(this.#file, now, now);
    } catch {
      // The directory may be gone; the next write reports that.
    }
  }

  /** Ends the renewals and removes the file. */
  end(): void {
    clearInterval(this.#timer);
    if (!held.delete(this.#file)) return;
    if (readProcess(this.#file).id === this.#id) rmSync(this.#file, { force: true });
  }
}
