/**
 * @module
 * The model's computation graphs. Read `decoder-layer.ts` and `prompt-attention.ts`, then the three uses of them:
 * `teacher-forced.ts`, `prefill.ts`, `decode-step.ts`; the tower is its architecture's.
 */
export { rowDivergence, rowEntropy } from "./attention-measures.ts";
export { calibratedSignals, keySupports, modalitySignals } from "./attention-signals.ts";
export { type BatchShape, batchRows } from "./batch-shape.ts";
export type { HeadGraph } from "./distribution.ts";
export { groupDivergenceGraph } from "./group-divergence.ts";
export { hiddenCosine } from "./hidden-cosine.ts";
export { HIDDEN } from "./mask.ts";
export type {
  FramePlan,
  ModelGraphs,
  RotaryFrequencies,
  StreamedVision,
  VisionGraphs,
  VisionStage,
} from "./model-graphs.ts";
export {
  GraphParameters,
  type LayoutOptions,
  type ParameterLayout,
  type ParameterView,
  parameterLayout,
  VALUE_HEAD,
} from "./parameters.ts";
export { stagePacks } from "./quantised-step.ts";
export type { ValueReplacement } from "./replaced-values.ts";
export { streamedHeadGraph } from "./streamed-decoder.ts";
export type { TeacherForcedGraph } from "./teacher-forced.ts";
