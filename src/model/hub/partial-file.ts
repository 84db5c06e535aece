/**
 * @module
 * The file of a download under way, which belongs to one attempt alone: two processes that download the same file
 * never write to the same one. Another attempt may take over the bytes that one leaves behind.
 */
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { isRunning } from "../../files/index.ts";

/** This machine's name as a part of a file's name between two dots. */
const HOST = hostname().replaceAll(/[^a-zA-Z0-9-]/g, "-");

/**
 * A path beside `blob` for one attempt's bytes. A file there was left by an earlier attempt: one that gave up, or one
 * whose process ended.
 */
export function claimPartial(blob: string): string {
  const own = `${blob}.${HOST}.${process.pid}.${randomUUID()}.incomplete`;
  for (const left of [`${blob}.incomplete`, ...abandoned(blob)]) {
    try {
      // Only one of several processes can rename it.
      renameSync(left, own);
      return own;
    } catch {
      // There is none, or another process was faster.
    }
  }
  return own;
}

/** Leaves an attempt's bytes for the next one. */
export function releasePartial(own: string, blob: string): void {
  if (!existsSync(own)) return;
  if (statSync(own).size === 0) rmSync(own);
  else renameSync(own, `${blob}.incomplete`);
}

/** Files of processes of this machine that are no more. */
function abandoned(blob: string): string[] {
  const folder = dirname(blob);
  const start = `${basename(blob)}.${HOST}.`;
  return readdirSync(folder)
    .filter((name) => name.startsWith(start) && name.endsWith(".incomplete"))
    .filter((name) => !isRunning(Number(name.slice(start.length).split(".")[0])))
    .map((name) => join(folder, name));
}
