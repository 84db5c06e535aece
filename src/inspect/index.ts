/**
 * @module
 * Looking into one completion: signals, and what every credit method makes of them.
 */
export { type Instrument, inspectCompletion, type Subject } from "./inspect-completion.ts";
export type { CompletionInspection, ImageAttention, MethodWeights } from "./inspection.ts";
export { everyMethod } from "./method-weights.ts";
