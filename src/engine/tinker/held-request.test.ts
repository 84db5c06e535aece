import { setTimeout } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { oneCompletion, TinkerWorld } from "../../testing/tinker-fixtures.ts";
import type { Fetch, RetryEvent } from "./tinker-options.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

/** An engine at a server that holds the first requests for a result until the time of their attempt is over. */
async function holding(held: number, limits: { retryLimitMs?: number; futureLimitMs?: number }) {
  const { url } = await world.server();
  const events: RetryEvent[] = [];
  let left = 0;
  const hold: Fetch = async (address, options) => {
    if (left === 0 || !address.endsWith("retrieve_future")) return fetch(address, options);
    left--;
    await setTimeout(60);
    throw new DOMException("The operation was aborted due to timeout", "TimeoutError");
  };
  const engine = await world.client(url, {
    fetch: hold,
    onRetry: (event) => events.push(event),
    ...limits,
  });
  const hangs = () => {
    left = held;
  };
  return { engine, events, hangs };
}

test("a result that takes longer than an attempt is waited for, and no attempt is counted", async () => {
  const { engine, events, hangs } = await holding(5, { retryLimitMs: 100 });
  const expected = await engine.sample(oneCompletion);
  hangs();
  expect(await engine.sample(oneCompletion)).toEqual(expected);
  expect(events).toEqual([]);
});

test("a result that never comes is an error after the limit for results", async () => {
  const { engine, hangs } = await holding(1000, { retryLimitMs: 100, futureLimitMs: 400 });
  hangs();
  await expect(engine.sample(oneCompletion)).rejects.toThrow(/no result after 0 s \(future .* at http/);
});
