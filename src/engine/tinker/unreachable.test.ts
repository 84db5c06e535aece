import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { EngineError, InterruptedError } from "../../errors/index.ts";
import { TinkerWorld } from "../../testing/tinker-fixtures.ts";
import type { RetryEvent } from "./tinker-options.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

/** A server that takes requests and never answers. */
async function silentServer() {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

/** An address where nobody listens. */
async function deserted() {
  const { url, close } = await silentServer();
  close();
  return { url, close: () => {} };
}

describe("a server that cannot be reached", () => {
  test("is reported at once and at every attempt, with the next step", async () => {
    const events: RetryEvent[] = [];
    let first = Number.POSITIVE_INFINITY;
    const start = performance.now();
    const { url } = await deserted();
    const open = world.client(url, {
      retryLimitMs: 1500,
      onRetry: (event) => {
        first = Math.min(first, performance.now() - start);
        events.push(event);
      },
    });
    await expect(open).rejects.toThrow(EngineError);
    expect(first).toBeLessThan(1000);
    expect(events.length).toBeGreaterThan(1);
    expect(events.map(({ attempt }) => attempt)).toEqual(events.map((_, i) => i + 1));
    expect(events[0]).toMatchObject({
      event: "engine-retry",
      url,
      call: "get_server_capabilities",
      limitMs: 1500,
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("is not tried again where fetch refuses the address", async () => {
    const events: RetryEvent[] = [];
    const open = world.client("http://127.0.0.1:9", { onRetry: (event) => events.push(event) });
    await expect(open).rejects.toThrow(
      "get_server_capabilities: http://127.0.0.1:9 cannot be asked: bad port; correct engine.url",
    );
    expect(events).toEqual([]);
  });

  test.each([
    ["while it waits for the next attempt", deserted],
    ["while an attempt has no answer", silentServer],
  ])("is not waited for once the caller wants an end: %s", async (_, listen) => {
    const { url, close } = await listen();
    const controller = new AbortController();
    const open = world.client(url, { signal: controller.signal, onRetry: () => undefined });
    setTimeout(() => controller.abort(), 300);
    const start = performance.now();
    await expect(open).rejects.toThrow(InterruptedError);
    await expect(open).rejects.toThrow(
      new RegExp(`^get_server_capabilities: interrupted while ${url} gave no answer: `),
    );
    expect(performance.now() - start).toBeLessThan(2000);
    close();
  });

  test("once it is open: the request under way ends, and one without an answer is not tried again", async () => {
    const server = await world.server();
    const controller = new AbortController();
    let isDown = false;
    const client = await world.client(server.url, {
      signal: controller.signal,
      fetch: (address, options) =>
        isDown ? Promise.reject(new TypeError("fetch failed")) : fetch(address, options),
    });
    const sequence = {
      prompt: { chunks: [{ kind: "text", tokens: [3] }] },
      completion: Int32Array.of(3, 4),
    } as const;
    controller.abort();
    const [score] = await client.score([sequence]);
    expect(score!.logprobs).toHaveLength(2);
    isDown = true;
    await expect(client.score([sequence])).rejects.toThrow(InterruptedError);
  });
});
