/**
 * @module
 * Looking into one completion: signals, and what every credit method makes of them; as numbers, as text, as a page.
 */
export { inspectCompletion } from "./inspect-completion.ts";
export { inspectionPage } from "./inspection-page.ts";
export { inspectionText } from "./inspection-text.ts";
export { everyMethod } from "./method-weights.ts";
