import { expect, test } from "vitest";
import { timerMs } from "./timer-ms.ts";
import { withinTime } from "./within-time.ts";

const late = () => new Error("late");
const after = (milliseconds: number) =>
  new Promise<string>((resolve) => setTimeout(() => resolve("done"), milliseconds));

test.each([2 ** 31 - 1, 2 ** 31, 1e12, Infinity])(
  "a limit of %d ms does not end at once",
  async (milliseconds) => {
    expect(await withinTime(after(20), { milliseconds, late })).toBe("done");
  },
);

test("work that takes longer than its limit ends with the limit's error", async () => {
  await expect(withinTime(after(1000), { milliseconds: 5, late })).rejects.toThrow("late");
});

test("milliseconds of a timer are whole", () => {
  expect([16.1 * 1000, 0, 1.5].map(timerMs)).toEqual([16101, 0, 2]);
});
