import { expect, test } from "vitest";
import { servedDigits, wholeFakeEngine } from "../testing/tinker-fixtures.ts";
import { ModelHost } from "./model-host.ts";
import { PromptPool } from "./prompt-pool.ts";

test("numbers that failed while a lower one was missing are used, so that the model continues after it", async () => {
  const served = servedDigits("digits", wholeFakeEngine);
  const host = new ModelHost({
    id: "m",
    session: "s",
    served,
    rank: 0,
    lora: undefined,
    valueHead: false,
    engine: wholeFakeEngine(),
    pool: new PromptPool(served),
    gapLimitMs: 20,
  });
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
