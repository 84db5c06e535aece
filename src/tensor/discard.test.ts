import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { discard } from "./discard.ts";
import { Graph } from "./graph.ts";
import { scale } from "./ops/index.ts";
import { Program } from "./program.ts";

const MIB = 2 ** 20;

test("discarded arrays are empty, and their memory is free before anything is collected", async () => {
  await setImmediate();
  const before = process.memoryUsage.rss();
  for (let i = 0; i < 20; i++) {
    const array = new Float32Array(8 * MIB).fill(i);
    discard([array.buffer, array.buffer]);
    expect(array.length).toBe(0);
  }
  expect(process.memoryUsage.rss() - before).toBeLessThan(200 * MIB);
});

test("a program that writes into given arrays leaves no copies behind", async () => {
  await setImmediate();
  const graph = new Graph();
  const program = await Program.compile(graph, { y: scale(graph.input("x", [16 * MIB]), 2) }, { threads: 1 });
  const x = new Float32Array(16 * MIB).fill(1);
  await program.run({ x }, { y: x });
  const before = process.memoryUsage().external;
  for (let i = 0; i < 5; i++) {
    await program.run({ x }, { y: x });
    expect(process.memoryUsage().external - before).toBeLessThan(16 * MIB);
  }
  expect(x[3]).toBe(64);
  await program.release();
});
