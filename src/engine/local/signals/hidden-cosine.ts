/**
 * @module
 * Likeness of hidden states to the image's, reduced inside the graph.
 */
import type { HiddenCosineRequest } from "../../../credit/index.ts";
import { hiddenCosine } from "../../../model/graph/index.ts";
import { type GraphReducer, readRow } from "./graph-reducer.ts";

export const hiddenCosineReducer: GraphReducer<HiddenCosineRequest, Float64Array> = {
  outputs: ({ states, visual, shape }, { layers, pairing }) => ({
    hiddenCosine: hiddenCosine(states(layers), visual(), shape, pairing),
  }),
  read: ({ outputs, shape, slot, sequence }) =>
    readRow(outputs, "hiddenCosine", slot, shape.completionLength, sequence.completion.length),
};
