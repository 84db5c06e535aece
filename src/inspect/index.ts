/**
 * @module
 * Inspection of one completion: its signals, and every credit method's weights from them; as numbers, as text, as a
 * page.
 */
export { answerToken } from "./answer-token.ts";
export { type GroupMember, type Instrument, inspectCompletion, type Subject } from "./inspect-completion.ts";
export type { CompletionInspection, ImageAttention, MethodWeights } from "./inspection.ts";
export { type InspectionPage, inspectionPage } from "./inspection-page.ts";
export { inspectionText } from "./inspection-text.ts";
export { everyMethod } from "./method-weights.ts";
export { isEndToken, spokenToken, tokenSentence, verdictSentence } from "./verdict-sentence.ts";
