import { expect, test } from "vitest";
import type { RunEvent } from "./events.ts";
import { Observers } from "./observer.ts";

test("an observer whose call does not end is reported and left out, and holds up nothing", async () => {
  const seen: RunEvent[] = [];
  let calls = 0;
  const endless = {
    name: "endless",
    event: () => {
      calls += 1;
      return new Promise<void>(() => {});
    },
    fail: () => new Promise<void>(() => {}),
  };
  const observers = new Observers([endless, { event: (event) => void seen.push(event) }], 20);
  const event = { event: "warning", message: "slow" } as const;
  await observers.event(event);
  await observers.event(event);
  expect(calls).toBe(1);
  expect(seen).toEqual([
    { event: "observer-failed", observer: "endless", message: "did not end within 0.02 s" },
    event,
    event,
  ]);
  await new Observers([endless], 20).fail(new Error("over"));
});
