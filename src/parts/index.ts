/**
 * @module
 * Definitions of the parts of a run that the configuration selects by name. A definition is a schema of options and a
 * maker. Built-in parts and user modules both use it.
 */

export { nearestName } from "../errors/nearest-name.ts";
export { batchSignal } from "./batch-signal.ts";
export { isByKind, parseByKind } from "./by-kind.ts";
export { calling } from "./calling.ts";
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
export { expectedText, faultText, valueAt } from "./fault-text.ts";
export { frozenCopy, isFrozenFault, isListFault } from "./frozen.ts";
export { membersOf } from "./members-of.ts";
export { partError } from "./part-error.ts";
export { dottedValues, isSettings, type Settings } from "./settings.ts";
export { shownValue } from "./shown-value.ts";
export { timerMs } from "./timer-ms.ts";
export { type TimeLimit, withinTime } from "./within-time.ts";
export { withoutMark } from "./without-mark.ts";
