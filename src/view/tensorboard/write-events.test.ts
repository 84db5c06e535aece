import { createHash } from "node:crypto";
import { appendFileSync, copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { RunError } from "../../errors/index.ts";
import { madeRun } from "../../testing/made-run.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { collectingContext } from "../../testing/tiny-run.ts";
import { crc32c, maskedCrc32c } from "../../train/tensorboard/crc32c.ts";
import { writeEvents } from "./write-events.ts";

const FIXTURES = fileURLToPath(new URL("../../../fixtures/tensorboard/", import.meta.url));

/** The recorded run: its metrics, and a configuration of one key. */
function recordedRun(): string {
  const run = madeRun({ iterations: 0 });
  const config = { train: { iterations: 10 }, reward: { answerFrom: "a|b" } };
  writeFileSync(join(run, "config.json"), JSON.stringify({ version: 1, kind: "train", config, data: {} }));
  copyFileSync(join(FIXTURES, "metrics.jsonl"), join(run, "metrics.jsonl"));
  return run;
}

describe("checksums", () => {
  test("of RFC 3720's examples", () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array())).toBe(0);
  });

  test("change with any byte, masked or not", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), (bytes, place) => {
        const other = bytes.slice();
        const at = place % bytes.length;
        other[at] = (other[at] ?? 0) ^ 1;
        expect(crc32c(other)).not.toBe(crc32c(bytes));
        expect(maskedCrc32c(other)).not.toBe(maskedCrc32c(bytes));
      }),
    );
  });
});

describe("an event file", () => {
  test("holds what TensorBoard's own reader found in the same bytes", async () => {
    const recorded = JSON.parse(readFileSync(join(FIXTURES, "read.json"), "utf8")) as {
      readonly sha256: string;
      readonly events: number;
      readonly fileVersion: number;
      readonly scalars: Readonly<Record<string, readonly (readonly [number, number, number])[]>>;
      readonly texts: Readonly<Record<string, readonly string[]>>;
    };
    const { path, records, unreadable } = await writeEvents(recordedRun(), temporaryDirectory());
    expect(createHash("sha256").update(readFileSync(path)).digest("hex")).toBe(recorded.sha256);
    expect([records, unreadable, recorded.events, recorded.fileVersion]).toEqual([5, 0, 7, 2]);
    const lines = readFileSync(join(FIXTURES, "metrics.jsonl"), "utf8").trim().split("\n");
    const metrics = lines.map(
      (line) => JSON.parse(line) as Record<string, number> & { timing: Record<string, number> },
    );
    const reward = recorded.scalars["train/reward"] ?? [];
    expect(reward.map(([step]) => step)).toEqual([1, 2, 3, 10]);
    expect(reward.map(([, , value]) => value)).toEqual(
      metrics.slice(0, 4).map((one) => Math.fround(one["reward"] ?? 0)),
    );
    const seconds = metrics.slice(0, 4).map(({ timing }) => timing["totalSeconds"] ?? 0);
    const begin = Date.parse("2026-01-01T00:00:00Z") / 1000;
    const sums = seconds.map(
      (_, i) => begin + seconds.slice(0, i + 1).reduce((sum, value) => sum + value, 0),
    );
    expect(reward.map(([, time]) => time)).toBeAllclose(sums, { rtol: 0, atol: 1e-5 });
    expect(recorded.scalars["evaluation/byKind.sum.share"]?.[0]?.[2]).toBe(Math.fround(0.4));
    expect(Object.keys(recorded.scalars)).toEqual(
      expect.arrayContaining([
        "roles/visual",
        "rewardParts/format",
        "timing/sampleSeconds",
        "evaluation/accuracy",
      ]),
    );
    expect(recorded.texts["config"]?.[0]).toBe(
      '| key | value |\n|---|---|\n| train.iterations | `10` |\n| reward.answerFrom | `"a\\|b"` |',
    );
  });

  test("leaves out what cannot be read, and counts it", async () => {
    const run = madeRun({ iterations: 2, completions: [] });
    appendFileSync(join(run, "metrics.jsonl"), '{"event":"iteration","iter\n');
    expect(await writeEvents(run, temporaryDirectory())).toMatchObject({ records: 2, unreadable: 1 });
  });

  test("of a run without metrics holds its configuration alone", async () => {
    const run = madeRun({ iterations: 0 });
    rmSync(join(run, "metrics.jsonl"));
    expect(await writeEvents(run, temporaryDirectory())).toMatchObject({ records: 0, unreadable: 0 });
  });

  test("of something that is no run, or into a place that cannot be written: a run error", async () => {
    await expect(writeEvents(temporaryDirectory(), temporaryDirectory())).rejects.toThrow(RunError);
    const run = madeRun();
    await expect(writeEvents(run, join(run, "config.json", "inside"))).rejects.toThrow("cannot be written");
  });
});

describe("fovea export --tensorboard", () => {
  test("writes into the run and says where", async () => {
    const run = madeRun();
    const { context, stdout } = collectingContext();
    expect(await runCommandLine(["export", "--tensorboard", run], context)).toBe(0);
    expect(stdout()).toBe(`events  ${join(run, "tensorboard", "events.out.tfevents.1767225600.fovea")}\n`);
  });

  test("without the flag a target is needed", async () => {
    const { context, stderr } = collectingContext();
    expect(await runCommandLine(["export", madeRun()], context)).toBe(2);
    expect(stderr()).toContain("expected the directory to write after the source");
  });
});
