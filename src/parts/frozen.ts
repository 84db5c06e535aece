/**
 * @module
 * Inputs of user code that it may not change: frozen copies of plain objects and lists.
 */

/** Which typed arrays are copied; all other typed arrays are shared, since none can be frozen. */
type CopiesArray = (array: { readonly length: number }) => boolean;

const sharesArrays: CopiesArray = () => false;

/** Copies that share all typed arrays, and need no other copy of that kind. */
const copies = new WeakSet<object>();

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

/** Whether nothing in a value can change: it and all in it are frozen, up to what a copy would share. */
function isFrozenThrough(value: unknown, copiesArray: CopiesArray, seen: Set<object>): boolean {
  if (typeof value !== "object" || value === null || seen.has(value)) return true;
  if (ArrayBuffer.isView(value)) return !copiesArray(value as unknown as Float64Array);
  if (!isPlain(value)) return true;
  if (!Object.isFrozen(value)) return false;
  seen.add(value);
  return Reflect.ownKeys(value).every((key) => {
    const member = Object.getOwnPropertyDescriptor(value, key)!;
    return "value" in member && isFrozenThrough(member.value, copiesArray, seen);
  });
}

/**
 * A frozen copy of plain objects and lists, and of the plain objects, lists and typed arrays in them; the user's own objects
 * stay as they are. Instances of classes may need to change and are shared, and so is an object in which all is frozen. Members
 * that are computed when read stay so. An object that occurs several times, or within itself, is one object in the copy too.
 *
 * @param copiesArray whether a typed array is copied; none is unless given
 */
export function frozenCopy<T>(value: T, copiesArray: CopiesArray = sharesArrays): T {
  const made = new Map<object, object>();

  const copyOf = (one: unknown): unknown => {
    if (typeof one !== "object" || one === null) return one;
    if (ArrayBuffer.isView(one)) {
      const array = one as unknown as Float64Array;
      return copiesArray(array) ? array.slice() : one;
    }
    if (!isPlain(one) || (copiesArray === sharesArrays && copies.has(one))) return one;
    const known = made.get(one);
    if (known !== undefined) return known;
    if (!Object.isFrozen(one) || !isFrozenThrough(one, copiesArray, new Set())) return copyMembers(one);
    made.set(one, one);
    return one;
  };

  const copyMembers = (one: object): object => {
    const copy: object = Array.isArray(one) ? new Array(one.length) : newLike(one);
    made.set(one, copy);
    if (Array.isArray(one)) copyItems(one, copy as unknown[]);
    else copyProperties(one, copy);
    if (copiesArray === sharesArrays) copies.add(copy);
    return Object.freeze(copy);
  };

  // Holes of a list stay holes.
  const copyItems = (list: readonly unknown[], copy: unknown[]) => {
    for (let i = 0; i < list.length; i++) if (i in list) copy[i] = copyOf(list[i]);
  };

  const copyProperties = (one: object, copy: object) => {
    for (const key of Reflect.ownKeys(one)) {
      const member = Object.getOwnPropertyDescriptor(one, key)!;
      const own = "value" in member ? { ...member, value: copyOf(member.value) } : member;
      Object.defineProperty(copy, key, own);
    }
  };

  return copyOf(value) as T;
}

function newLike(value: object): object {
  return Object.create(Object.getPrototypeOf(value) as object | null) as object;
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
