/**
 * @module
 * Inputs of user functions as copies, so that nothing which they do to them reaches the run.
 */

/** Which typed arrays are copied; all other typed arrays are shared. */
type Copies = (array: { readonly length: number }) => boolean;

const isPlain = (value: object) => Object.getPrototypeOf(value) === Object.prototype;

/**
 * A copy of lists, plain objects and typed arrays; lists and objects of it are frozen. Frozen objects, such as a
 * problem, are shared, as are instances of classes. Members that are computed when read stay so.
 *
 * @param copies whether a typed array is copied; all are unless given
 */
export function inputCopy<T>(value: T, copies: Copies = () => true): T {
  if (typeof value !== "object" || value === null) return value;
  if (ArrayBuffer.isView(value)) {
    const array = value as unknown as Float64Array;
    return copies(array) ? (array.slice() as unknown as T) : value;
  }
  if (Object.isFrozen(value)) return value;
  if (Array.isArray(value)) {
    const list = value as readonly unknown[];
    return Object.freeze(list.map((member) => inputCopy(member, copies))) as unknown as T;
  }
  if (!isPlain(value)) return value;
  const members = Object.getOwnPropertyDescriptors(value) as Record<string, PropertyDescriptor>;
  for (const member of Object.values(members)) {
    if ("value" in member) member.value = inputCopy(member.value as unknown, copies);
  }
  return Object.freeze(Object.defineProperties({}, members)) as T;
}

/** The function, called with copies of its inputs. */
export function onCopies<Arguments extends unknown[], Result>(
  work: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  return (...given) => work(...(given.map((one) => inputCopy(one)) as Arguments));
}
