/**
 * @module
 * The seam for every part of a run that is chosen by name: a definition is a schema of options and a maker. Built-in
 * parts and user modules are definitions alike.
 */
export {
  createPart,
  type Define,
  type Definition,
  definitionUnion,
  type KindDefinition,
  type KindSchema,
  kindsOf,
  parseOptions,
} from "./definition.ts";
export { errorText } from "./error-text.ts";
export { nearestName } from "./nearest-name.ts";
export { partError } from "./part-error.ts";
export { isSettings, type Settings } from "./settings.ts";
export { shownValue } from "./shown-value.ts";
export { type TimeLimit, withinTime } from "./within-time.ts";
