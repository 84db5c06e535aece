/**
 * @module
 * The model's computation graphs. Read `decoder-layer.ts` and `prompt-attention.ts`, then the three uses of them:
 * `teacher-forced.ts`, `prefill.ts`, `decode-step.ts`; and `vision.ts` for the tower.
 */
export { rowDivergence, rowEntropy } from "./attention-measures.ts";
export { calibratedSignals, keySupports, modalitySignals } from "./attention-signals.ts";
export { type BatchShape, batchRows } from "./batch-layer.ts";
export { decodeStepGraph } from "./decode-step.ts";
export { temperedLogits, valueHead } from "./distribution.ts";
export { HIDDEN } from "./mask.ts";
export {
  type LayoutOptions,
  type ParameterLayout,
  type ParameterView,
  parameterLayout,
  VALUE_HEAD,
} from "./parameters.ts";
export { prefillGraph } from "./prefill.ts";
export { streamedHeadGraph, streamedLayerGraph } from "./streamed-decoder.ts";
export { streamedVisionGraph, type VisionStage } from "./streamed-vision.ts";
export { type TeacherForcedGraph, teacherForcedGraph } from "./teacher-forced.ts";
export { visionGraph } from "./vision.ts";
export { type VisionPlan, visionPlan } from "./vision-plan.ts";
