/**
 * @module
 * Inputs of user code that it may not change: plain objects and lists, frozen with what is in them.
 */

const frozen = new WeakSet<object>();

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

/**
 * The value itself, frozen with the plain objects and lists in it. Typed arrays cannot be frozen, and instances of
 * classes may need to change; both stay as they are.
 */
export function deeplyFrozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || !isPlain(value) || frozen.has(value)) return value;
  frozen.add(value);
  for (const { value: member } of Object.values(Object.getOwnPropertyDescriptors(value)))
    deeplyFrozen(member);
  return Object.freeze(value);
}

/** The messages of V8 for a write to a frozen object. */
const FROZEN_FAULT =
  /read only property|object is not extensible|Cannot delete property|Cannot redefine property/;

/** Whether user code failed since it changed an input that is frozen. */
export function isFrozenFault(error: unknown): boolean {
  return error instanceof TypeError && FROZEN_FAULT.test(error.message);
}
