/**
 * @module
 * Inputs of user code that it may not change: frozen copies of plain objects and lists.
 */

/** Copies that were made here, which need no other. */
const copies = new WeakSet<object>();

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

/**
 * A frozen copy of plain objects and lists, and of the plain objects and lists in them; the user's own objects stay as they
 * are. Typed arrays cannot be frozen, and instances of classes may need to change; both are shared.
 */
export function frozenCopy<T>(value: T): T {
  if (typeof value !== "object" || value === null || !isPlain(value) || copies.has(value)) return value;
  const copy = Array.isArray(value) ? value.map(frozenCopy) : frozenObject(value);
  copies.add(copy);
  return Object.freeze(copy) as T;
}

function frozenObject(value: object): object {
  const copy: object = Object.create(Object.getPrototypeOf(value) as object | null);
  for (const key of Reflect.ownKeys(value)) {
    const own = Object.getOwnPropertyDescriptor(value, key)!;
    // A member that is computed when it is read stays so.
    Object.defineProperty(
      copy,
      key,
      "value" in own ? { ...own, value: frozenCopy(own.value as unknown) } : own,
    );
  }
  return copy;
}

/** The messages of V8 for a write to a frozen object. */
const FROZEN_FAULT =
  /read only property|object is not extensible|Cannot delete property|Cannot redefine property/;

/** Whether user code failed since it changed an input that is frozen. */
export function isFrozenFault(error: unknown): boolean {
  return error instanceof TypeError && FROZEN_FAULT.test(error.message);
}

/** Whether user code failed since it changed a frozen list, as by sorting a batch. */
export function isListFault(error: unknown): boolean {
  return isFrozenFault(error) && /\[object Array\]/.test((error as Error).message);
}
