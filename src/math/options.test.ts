import { describe, expect, test } from "vitest";
import { ConfigError, NumericError } from "../errors/index.ts";
import {
  checked,
  factor,
  flag,
  numberIn,
  oneOf,
  optional,
  readOptions,
  required,
  SEED,
  step,
  wholeIn,
} from "./options.ts";

const RULES = {
  share: numberIn(0, 1, 0.5),
  count: wholeIn(1, 9, 3),
  kind: oneOf(["first", "second"], "first"),
  isOn: flag(true),
  gain: factor(2),
  seed: SEED,
  bound: optional(numberIn(0, 9, 1)),
};
const DEFAULTS = { share: 0.5, count: 3, kind: "first", isOn: true, gain: 2, seed: 0, bound: undefined };
const read = (options: unknown, path?: string) => () => readOptions(options as object, RULES, path);

describe("readOptions", () => {
  test("takes what is given and the defaults of the rest; undefined is as if absent", () => {
    expect(readOptions({}, RULES)).toEqual(DEFAULTS);
    expect(readOptions({ share: undefined, isOn: undefined }, RULES)).toEqual(DEFAULTS);
    const given = { share: 0, count: 9, kind: "second", isOn: false, gain: 0, seed: -4, bound: 0 } as const;
    expect(readOptions(given, RULES)).toEqual(given);
  });

  test.each<[option: object, error: typeof ConfigError | typeof NumericError, message: string]>([
    [{ share: 1.5 }, NumericError, "share: expected a number in [0, 1], got 1.5"],
    [{ share: "1" }, NumericError, "share: expected a number in [0, 1], got 1"],
    [{ count: 2.5 }, NumericError, "count: expected an integer in [1, 9], got 2.5"],
    [{ kind: "third" }, ConfigError, 'kind: expected one of first, second, got "third"'],
    [{ isOn: 1 }, ConfigError, "isOn: expected true or false, got 1"],
    [{ isOn: null }, ConfigError, "isOn: expected true or false, got null"],
    [{ gain: -1 }, NumericError, "gain: expected a number in [0, 1e+100], got -1"],
    [{ gain: 2e100 }, NumericError, "gain: expected a number in [0, 1e+100], got 2e+100"],
    [{ seed: 0.5 }, ConfigError, "seed: expected an integer, got 0.5"],
    [{ seed: 2 ** 53 }, ConfigError, "seed: expected an integer, got 9007199254740992"],
    [{ bound: 10 }, NumericError, "bound: expected a number in [0, 9], got 10"],
  ])("refuses %j and names it, with its path", (option, error, message) => {
    expect(read(option)).toThrow(error);
    expect(read(option)).toThrow(message);
    expect(read(option, "outer")).toThrow(`outer.${message}`);
  });

  test("refuses an unknown option, and suggests a near one", () => {
    const all = "expected an object with some of share, count, kind, isOn, gain, seed, bound";
    expect(read({ shaer: 1 })).toThrow(
      new ConfigError(`options: ${all}, got "shaer"; did you mean "share"?`),
    );
    expect(read({ xyzzy: 1 }, "outer")).toThrow(new ConfigError(`outer: ${all}, got "xyzzy"`));
    expect(read({ toString: 1 })).toThrow(ConfigError);
    expect(read({ xyzzy: undefined })).not.toThrow();
  });

  test.each([
    [null, "null"],
    [undefined, "undefined"],
    [[], "an array"],
    [5, "5"],
    ["share", "share"],
  ])("refuses %j, which is no object of options", (given, got) => {
    expect(read(given)).toThrow(ConfigError);
    expect(read(given)).toThrow(`, got ${got}`);
  });

  test("asks for what has no default", () => {
    const rules = required({ share: numberIn(0, 1, 0.5), count: wholeIn(1, 9, 3) });
    expect(readOptions({ share: 0, count: 1 }, rules)).toEqual({ share: 0, count: 1 });
    expect(() => readOptions({ share: 0 }, rules)).toThrow(
      new ConfigError("options: expected an object with some of share, count, got none as count"),
    );
    expect(() => readOptions({ share: 2, count: 1 }, rules)).toThrow(NumericError);
  });
});

test("a step is its options, true for the defaults, or false for none", () => {
  const rules = { inner: step({ share: numberIn(0, 1, 0.5) }) };
  expect(readOptions({}, rules)).toEqual({ inner: { share: 0.5 } });
  expect(readOptions({ inner: true }, rules)).toEqual({ inner: { share: 0.5 } });
  expect(readOptions({ inner: { share: 1 } }, rules)).toEqual({ inner: { share: 1 } });
  expect(readOptions({ inner: false }, rules)).toEqual({ inner: false });
  expect(() => readOptions({ inner: { share: 2 } }, rules)).toThrow("inner.share: expected a number");
  expect(() => readOptions({ inner: { other: 2 } as object }, rules)).toThrow("inner: expected an object");
});

test("an own rule says what it refuses, and its value is taken as it is", () => {
  const even = checked(0, (name, value: number) => {
    if (value % 2 !== 0) throw new NumericError(`${name}: expected an even number`);
  });
  expect(readOptions({ size: 4 }, { size: even })).toEqual({ size: 4 });
  expect(() => readOptions({ size: 3 }, { size: even })).toThrow("size: expected an even number");
});
