import { afterEach, expect, test, vi } from "vitest";
import { Sessions } from "./sessions.ts";
import type { StateDatabase } from "./state-database.ts";

afterEach(() => {
  vi.useRealTimers();
});

const MINUTE = 60_000;
const database = { run: () => {}, rows: () => [{ id: "old" }] } as unknown as StateDatabase;

test("a wall clock that is set makes no session silent, nor one that is silent live", () => {
  vi.useFakeTimers({ toFake: ["Date", "performance"], now: 1e12 });
  const sessions = new Sessions(database);
  sessions.resume();
  const id = sessions.begin();
  vi.setSystemTime(1e12 + 11 * MINUTE);
  expect(sessions.silent(10 * MINUTE)).toEqual([]);
  vi.setSystemTime(1e12 - 11 * MINUTE);
  vi.advanceTimersByTime(6 * MINUTE);
  sessions.seen(id);
  vi.advanceTimersByTime(6 * MINUTE);
  expect(sessions.silent(10 * MINUTE)).toEqual(["old"]);
});
