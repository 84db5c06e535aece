import { describe, expect, test } from "vitest";
import { frozenCopy } from "./frozen.ts";

describe("a frozen copy", () => {
  test("leaves the original as it is, and refuses writes at every depth", () => {
    const given = { name: "a", list: [{ value: 1 }] };
    const copy = frozenCopy(given);
    expect(copy).toEqual(given);
    expect(() => copy.list.push({ value: 2 })).toThrow(TypeError);
    expect(() => Object.assign(copy.list[0]!, { value: 2 })).toThrow(TypeError);
    given.list[0]!.value = 3;
    expect(copy.list[0]!.value).toBe(1);
  });

  test("of a copy is that copy", () => {
    const copy = frozenCopy({ list: [1] });
    expect(frozenCopy(copy)).toBe(copy);
    expect(frozenCopy({ inner: copy }).inner).toBe(copy);
  });

  test("of an object that contains itself contains itself", () => {
    const given: { self?: unknown; list: unknown[] } = { list: [] };
    given.self = given;
    given.list.push(given);
    const copy = frozenCopy(given);
    expect(copy).not.toBe(given);
    expect(copy.self).toBe(copy);
    expect(copy.list[0]).toBe(copy);
  });

  test("copies what is in several places once", () => {
    let given: object = {};
    for (let depth = 0; depth < 60; depth++) given = { left: given, right: given };
    const copy = frozenCopy(given) as { left: object; right: object };
    expect(copy.left).toBe(copy.right);
  });

  test("of an object in which all is frozen is that object", () => {
    const problem = Object.freeze({ list: Object.freeze([1]), image: new Uint8Array(2) });
    const given = { one: problem, other: Object.freeze({ list: [1] }) };
    const copy = frozenCopy(given, ({ length }) => length === 7);
    expect(copy.one).toBe(problem);
    expect(copy.other).not.toBe(given.other);
    expect(frozenCopy({ one: problem }, () => true).one).not.toBe(problem);
  });

  test("shares typed arrays and instances of classes unless typed arrays are to be copied", () => {
    class Tool {
      uses = 0;
    }
    const given = { array: Float64Array.of(1), tool: new Tool() };
    expect(frozenCopy(given).array).toBe(given.array);
    expect(frozenCopy(given).tool).toBe(given.tool);
    const copy = frozenCopy(given, () => true);
    expect(copy.array).toEqual(given.array);
    expect(copy.array).not.toBe(given.array);
  });

  test("keeps holes of a list, symbols and objects without a prototype", () => {
    const mark = Symbol("mark");
    const given = Object.assign(Object.create(null) as object, {
      list: Object.assign([1], { 2: 3 }),
      [mark]: true,
    });
    const copy = frozenCopy(given);
    expect(Object.getPrototypeOf(copy)).toBe(null);
    expect(1 in copy.list).toBe(false);
    expect(copy.list.length).toBe(3);
    expect(copy[mark]).toBe(true);
  });
});
