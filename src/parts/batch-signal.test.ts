import { expect, test } from "vitest";
import { batchSignal } from "./batch-signal.ts";
import { withinTime } from "./within-time.ts";

test("many completions wait under one signal without a warning, and all end with its reason", async () => {
  const warnings: string[] = [];
  const note = ({ name }: Error) => void warnings.push(name);
  process.on("warning", note);
  const controller = new AbortController();
  const signal = batchSignal(controller.signal);
  const never = new Promise<number>(() => {});
  const late = () => new Error("late");
  const waiting = Array.from({ length: 40 }, () => withinTime(never, { milliseconds: 60_000, late, signal }));
  const settled = Promise.allSettled(waiting);
  controller.abort(new Error("stopped"));
  for (const outcome of await settled) {
    expect(outcome).toEqual({ status: "rejected", reason: controller.signal.reason });
  }
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  expect(warnings).toEqual([]);
});

test("without a signal there is none", () => {
  expect(batchSignal(undefined)).toBeUndefined();
});
