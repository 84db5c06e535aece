import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../../testing/temporary-directory.ts";
import { processorQuota, thisMachine } from "./machine.ts";

/** Control groups with these files, and the file that names this process's. */
function groups(files: Record<string, string>, membership: string): [root: string, membership: string] {
  const root = temporaryDirectory();
  for (const [name, text] of Object.entries({ ...files, membership })) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return [root, join(root, "membership")];
}

test("a container's quota is time in a period, and none is no limit", () => {
  expect(processorQuota(...groups({ "cpu.max": "150000 100000\n" }, "0::/\n"))).toBe(1.5);
  expect(processorQuota(...groups({ "cpu.max": "max 100000\n" }, "0::/\n"))).toBe(Infinity);
  expect(processorQuota("/nowhere", "/nowhere/membership")).toBe(Infinity);
});

test("the tightest quota of a group and of its parent groups applies", () => {
  const files = { "pod/cpu.max": "400000 100000", "pod/box/cpu.max": "max 100000", "cpu.max": "max 100000" };
  expect(processorQuota(...groups(files, "0::/pod/box\n"))).toBe(4);
  const inner = { ...files, "pod/box/cpu.max": "50000 100000" };
  expect(processorQuota(...groups(inner, "0::/pod/box\n"))).toBe(0.5);
});

test("version 1 has its quota in two files, −1 for none", () => {
  const files = (quota: string) => ({ "cpu/cpu.cfs_quota_us": quota, "cpu/cpu.cfs_period_us": "100000" });
  expect(processorQuota(...groups(files("200000"), "1:cpu:/docker/a\n"))).toBe(2);
  expect(processorQuota(...groups(files("-1"), "1:cpu:/docker/a\n"))).toBe(Infinity);
});

test("this machine has a core and memory", () => {
  const { cores, memory, cpu } = thisMachine();
  expect(Number.isInteger(cores) && cores >= 1).toBe(true);
  expect(memory).toBeGreaterThan(2 ** 20);
  expect(cpu).not.toBe("");
});
