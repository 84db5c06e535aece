/**
 * @module
 * Whether a device can be used, found out by using it.
 */
import type { Device } from "./device.ts";
import { Graph } from "./graph.ts";
import { negate } from "./ops/index.ts";
import { Program } from "./program.ts";

/**
 * Runs the smallest of programs.
 *
 * @throws EngineError when there is no such device, or it fails
 */
export async function requireDevice(device: Device): Promise<void> {
  if (device === "cpu") return;
  const graph = new Graph();
  const program = await Program.compile(graph, { y: negate(graph.input("x", [1])) }, { device });
  await program.run({ x: Float32Array.of(1) });
  await program.release();
}
