/**
 * @module
 * Programs that add to the accumulated gradient where it lies: each pack's is an input and, in the same memory, an output.
 * An element is read before it is written, and nothing else reads it, so that no second copy of a gradient is held.
 */
import { add, type Graph, type Targets, type Tensor } from "../../../tensor/index.ts";
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

/** The accumulated gradient as inputs and outputs of such a program. */
export function gradientViews(
  store: ParameterStore,
  packs: Iterable<string>,
): { readonly feeds: Targets; readonly into: Targets } {
  const views = [...packs].map((pack) => [pack, store.view(store.gradient, pack)] as const);
  return {
    feeds: Object.fromEntries(views.map(([pack, view]) => [`sum.${pack}`, view])),
    into: Object.fromEntries(views.map(([pack, view]) => [outputName(pack), view])),
  };
}
