import { spawnSync } from "node:child_process";
import { utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { madeRun } from "../../testing/made-run.ts";
import { recordedEnd, runStop as stopOf } from "./run-stop.ts";

const MINUTE = 60_000;
const RENEWED = Date.UTC(2026, 0, 1, 12, 30);
/** The number of a process that has ended. */
const { pid: ended } = spawnSync(process.execPath, ["-e", ""]);

const runStop = async (path: string, now: number) =>
  stopOf(path, { end: await recordedEnd(path), isFinished: false, now });

/** A run whose process renewed its sign of life at RENEWED. */
function runOf(pid: number, host: string): string {
  const path = madeRun();
  const file = join(path, "process.json");
  writeFileSync(file, JSON.stringify({ pid, host, everySeconds: 10 }));
  utimesSync(file, new Date(RENEWED), new Date(RENEWED));
  return path;
}

test("a run that has finished has no early end", async () => {
  expect(
    await stopOf(runOf(ended, hostname()), { end: undefined, isFinished: true, now: RENEWED + MINUTE }),
  ).toBeNull();
});

describe("a run without a final model", () => {
  test("continues while its process runs and renews its file", async () => {
    expect(await runStop(runOf(process.pid, hostname()), RENEWED + MINUTE)).toBeNull();
  });

  test("was killed where its process no longer runs", async () => {
    expect(await runStop(runOf(ended, hostname()), RENEWED + MINUTE)).toEqual({
      status: "stopped",
      message: `its process ${ended} was killed at about 2026-01-01 12:30 UTC`,
    });
    expect(await runStop(runOf(ended, hostname()), RENEWED + 9_000)).toBeNull();
  });

  test("on another machine counts as stopped after two minutes without a sign of life", async () => {
    const path = runOf(ended, "elsewhere");
    expect(await runStop(path, RENEWED + MINUTE)).toBeNull();
    expect((await runStop(path, RENEWED + 3 * MINUTE))?.message).toBe(
      `no sign of life from its process ${ended} on elsewhere after 2026-01-01 12:30 UTC`,
    );
  });

  test("of an earlier release counts as stopped half an hour after its last write", async () => {
    const path = madeRun();
    expect(await runStop(path, Date.now())).toBeNull();
    expect((await runStop(path, Date.now() + 31 * MINUTE))?.message).toMatch(/^nothing was written after/);
  });

  test("that recorded its end is not asked for a sign of life", async () => {
    const path = runOf(ended, hostname());
    writeFileSync(join(path, "end.json"), '{"status":"failed","code":"engine","message":"on fire"}');
    expect(await runStop(path, RENEWED + MINUTE)).toEqual({ status: "failed", message: "on fire" });
  });
});
