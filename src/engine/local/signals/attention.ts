/**
 * @module
 * DyCo-RL's masses and shifts, reduced inside the graph.
 */
import type { AttentionRequest } from "../../../credit/index.ts";
import { modalitySignals } from "../../../model/graph/index.ts";
import type { AttentionSignals } from "../../engine.ts";
import { measureOutputs, readMeasure } from "./attention-measure.ts";
import { attentionSignals } from "./attention-reduction.ts";
import { type GraphReducer, readRow } from "./graph-reducer.ts";

export const attentionReducer: GraphReducer<AttentionRequest, AttentionSignals> = {
  outputs({ rows, supports }, { row, measure }) {
    const both = supports();
    const visual = modalitySignals(rows(row), both.visual);
    const text = modalitySignals(rows(row), both.text);
    return {
      visualMass: visual.mass,
      visualChord: visual.chord!,
      textMass: text.mass,
      textChord: text.chord!,
      ...measureOutputs(rows(row), both, measure),
    };
  },
  read({ outputs, shape, slot, sequence }, request) {
    const { completionLength: width } = shape;
    const { length } = sequence.completion;
    const modality = (name: string) => ({
      mass: readRow(outputs, `${name}Mass`, slot, width, length),
      chord: readRow(outputs, `${name}Chord`, slot, width - 1, Math.max(0, length - 1)),
    });
    const read = attentionSignals(modality("visual"), modality("text"));
    const numbers = (name: string, of: number, count: number) => readRow(outputs, name, slot, of, count);
    return { ...read, ...readMeasure(request, { ...read, numbers, width }) };
  },
};
