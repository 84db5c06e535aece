/**
 * @module
 * One call from a graph to numbers, for tests.
 */
import type { Graph, Tensor } from "../graph.ts";
import { type Feeds, Program } from "../program.ts";
import { TEST_DEVICE } from "./test-device.ts";

/** Compiles the outputs, runs them once and releases the session. */
export async function evaluate(
  graph: Graph,
  outputs: Readonly<Record<string, Tensor>>,
  feeds: Feeds = {},
  threads = 2,
): Promise<Record<string, Float32Array>> {
  const program = await Program.compile(graph, outputs, { device: TEST_DEVICE, threads });
  try {
    return await program.run(feeds);
  } finally {
    await program.release();
  }
}

/** The numbers of one tensor whose graph has no inputs. */
export async function numbers(tensor: Tensor): Promise<number[]> {
  const { value } = await evaluate(tensor.graph, { value: tensor });
  return [...value!];
}
