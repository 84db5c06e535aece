import { expect, test } from "vitest";
import {
  ConfigError,
  DataError,
  EngineError,
  FoveaError,
  ModelError,
  NumericError,
  RunError,
  ShapeError,
} from "../../errors/index.ts";
import { fromWire, toWire } from "./protocol.ts";

test.each([ConfigError, DataError, EngineError, ModelError, NumericError, RunError, ShapeError])(
  "%o survives being plain data, with its message and its stack",
  (Kind) => {
    const error = new Kind("what went wrong");
    const back = fromWire(structuredClone(toWire(error)));
    expect(back).toBeInstanceOf(Kind);
    expect([back.name, back.message, back.stack]).toEqual([error.name, error.message, error.stack]);
  },
);

test.each([
  ["an error of another kind", new TypeError("x is not a function"), "local engine: x is not a function"],
  [
    "an error with a code of its own",
    Object.assign(new Error("no such file"), { code: "ENOENT" }),
    "local engine: no such file",
  ],
  ["a thrown text", "just words", "local engine: just words"],
])("%s becomes an engine error", (_, thrown, message) => {
  const back = fromWire(structuredClone(toWire(thrown)));
  expect(back).toBeInstanceOf(EngineError);
  expect(back).toBeInstanceOf(FoveaError);
  expect(back.message).toBe(message);
});
