/**
 * @module
 * Mistakes of users: command lines, and a check that the error says what, expected, got and where.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { runCommandLine } from "../cli/program.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import { collectingContext } from "./tiny-run.ts";

/** A mistake, the command line that makes it, and the parts of its error message. */
export type Mistake = readonly [mistake: string, words: () => readonly string[], says: readonly string[]];

/** No mistake takes longer to be reported, except for a download. */
export const LONGEST_MS = 10_000;

/** A file in a new folder. */
export function written(name: string, content: string | Uint8Array): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, content);
  return path;
}

/** The settings of a command line. */
export function set(flags: readonly string[]): string[] {
  return flags.flatMap((flag) => ["--set", flag]);
}

/** Runs a command line; a mistake must be reported with exit status 1 or 2 and without a stack trace. */
export async function expectReported(words: readonly string[], says: readonly string[]): Promise<void> {
  const { context, stdout, stderr } = collectingContext();
  const status = await runCommandLine(words, context);
  const said = stdout() + stderr();
  expect([1, 2]).toContain(status);
  expect(said).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  for (const text of says) expect(said).toContain(text);
}
