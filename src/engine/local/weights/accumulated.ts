/**
 * @module
 * Programs that add to the accumulated gradient where it lies: each pack's is an input and, in the same memory, an output.
 * An element is read before it is written, and nothing else reads it, so that no second copy of a gradient is held.
 */
import {
  add,
  type Feeds,
  type Graph,
  type Program,
  type Results,
  type Targets,
  type Tensor,
} from "../../../tensor/index.ts";
import type { ParameterStore } from "./parameter-store.ts";

/** The input of a pack's gradient so far. */
export function gradientSoFar(graph: Graph, pack: string, { shape }: Tensor): Tensor {
  return graph.input(`sum.${pack}`, shape);
}

/** Outputs that are the gradients so far and `parts`, one a pack; declares the inputs. */
export function accumulated(
  graph: Graph,
  trained: ReadonlyMap<string, Tensor>,
  parts: readonly Tensor[],
): Record<string, Tensor> {
  return Object.fromEntries(
    [...trained].map(([pack, tensor], i) => [
      outputName(pack),
      add(gradientSoFar(graph, pack, tensor), parts[i]!),
    ]),
  );
}

/** Name of a pack's output. */
export const outputName = (pack: string): string => `d.${pack}`;

/** The outputs of a program that are gradients so far: if there is a device, they stay there. */
export function gradientOutputs(outputs: Readonly<Record<string, Tensor>>): string[] {
  return Object.keys(outputs).filter((name) => name.startsWith(outputName("")));
}

/**
 * Runs a program of `accumulated`, which leaves the new gradients in the place of the old gradients.
 *
 * @param packs whose gradients it adds to
 * @returns the program's other outputs
 */
export async function accumulate(
  store: ParameterStore,
  program: Program,
  packs: Iterable<string>,
  feeds: Feeds,
  into: Targets = {},
): Promise<Results> {
  const list = [...packs];
  store.gradientNorm = undefined;
  if (store.device !== undefined) {
    const sums = await store.device.gradient();
    const given = Object.fromEntries(list.map((pack) => [`sum.${pack}`, sums.get(pack)]));
    const results = await program.runThere({ ...feeds, ...given }, into);
    for (const pack of list) sums.put(pack, results.device[outputName(pack)]!);
    return results;
  }
  const views = list.map((pack) => [pack, store.view(store.gradient, pack)] as const);
  const sums = Object.fromEntries(views.map(([pack, view]) => [`sum.${pack}`, view]));
  const targets = Object.fromEntries(views.map(([pack, view]) => [outputName(pack), view]));
  return program.runThere({ ...feeds, ...sums }, { ...targets, ...into });
}
