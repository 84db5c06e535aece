import { afterEach, expect, test, vi } from "vitest";
import { servedDigits, wholeFakeEngine } from "../testing/tinker-fixtures.ts";
import { ModelHost } from "./model-host.ts";
import { PromptPool } from "./prompt-pool.ts";

afterEach(() => {
  vi.useRealTimers();
});

function hostWith(gapLimitMs: number): ModelHost {
  const served = servedDigits("digits", wholeFakeEngine);
  return new ModelHost({
    id: "m",
    session: "s",
    served,
    rank: 0,
    lora: undefined,
    valueHead: false,
    engine: wholeFakeEngine(),
    pool: new PromptPool(served),
    gapLimitMs,
    onFault: () => {},
  });
}

test("the time for a missing number does not begin again with each request that arrives", async () => {
  vi.useFakeTimers();
  const host = hostWith(100);
  const done: number[] = [];
  const failed: number[] = [];
  const turn = (sequence: number) =>
    host.inTurn(sequence, async () => done.push(sequence)).catch(() => failed.push(sequence));
  for (const sequence of [2, 3, 4]) {
    void turn(sequence);
    await vi.advanceTimersByTimeAsync(40);
  }
  expect(failed).toEqual([2, 3, 4]);

  // The next missing number has the whole time.
  await turn(1);
  void turn(6);
  await vi.advanceTimersByTimeAsync(90);
  await turn(5);
  void turn(8);
  await vi.advanceTimersByTimeAsync(90);
  expect([done, failed]).toEqual([
    [1, 5, 6],
    [2, 3, 4],
  ]);
  await vi.advanceTimersByTimeAsync(10);
  expect(failed).toEqual([2, 3, 4, 8]);
});

test("numbers that failed while a lower one was missing are used, so that the model continues after it", async () => {
  const host = hostWith(20);
  const done: number[] = [];
  const turn = (sequence: number) => host.inTurn(sequence, async () => done.push(sequence));
  const early = [turn(2), turn(3)];
  for (const one of early) await expect(one).rejects.toThrow("request number 1 did not come within 0.02 s");
  await turn(1);
  await turn(4);
  expect(done).toEqual([1, 4]);
  await expect(turn(2)).rejects.toThrow("number 2 was used before");

  const retried = turn(6);
  await expect(retried).rejects.toThrow("request number 5 did not come");
  const again = turn(6);
  await turn(5);
  await again;
  expect(done).toEqual([1, 4, 5, 6]);
});
