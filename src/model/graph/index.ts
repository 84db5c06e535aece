/**
 * @module
 * The model's computation graphs. Read `decoder-layer.ts` and `prompt-attention.ts`, then the three uses of them:
 * `teacher-forced.ts`, `prefill.ts`, `decode-step.ts`; and `vision.ts` for the tower.
 */
export { keySupports, type ModalitySignals, modalitySignals } from "./attention-signals.ts";
export { type DecodeStepGraph, decodeStepGraph } from "./decode-step.ts";
export { HIDDEN } from "./mask.ts";
export { GraphParameters, type ParameterLayout, type ParameterView, parameterLayout } from "./parameters.ts";
export { type PrefillGraph, prefillGraph } from "./prefill.ts";
export { type BatchShape, type TeacherForcedGraph, teacherForcedGraph } from "./teacher-forced.ts";
export { type VisionGraph, visionGraph } from "./vision.ts";
export { type VisionPlan, visionPlan } from "./vision-plan.ts";
