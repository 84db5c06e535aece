/**
 * @module
 * The members of a user's part, which may be a class.
 */

/** The named members that a part has, functions bound to it. Spreading would lose the members of a class. */
export function membersOf<T extends object, K extends keyof T>(part: T, names: readonly K[]): Pick<T, K> {
  const members = names.flatMap((name): [K, unknown][] => {
    const member: unknown = part[name];
    if (member === undefined) return [];
    return [[name, typeof member === "function" ? (member.bind(part) as unknown) : member]];
  });
  return Object.fromEntries(members) as Pick<T, K>;
}
