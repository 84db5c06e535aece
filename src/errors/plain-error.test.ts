import { expect, test } from "vitest";
import {
  DownloadError,
  EngineError,
  FoveaError,
  NumericError,
  PartError,
  SessionLostError,
} from "./index.ts";
import { fromPlainError, toPlainError } from "./plain-error.ts";

test.each([DownloadError, EngineError, NumericError, PartError, SessionLostError])(
  "%o survives being plain data, with its message and its stack",
  (Kind) => {
    const error = new Kind("what went wrong");
    const back = fromPlainError(structuredClone(toPlainError(error)), "local engine");
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
  const back = fromPlainError(structuredClone(toPlainError(thrown)), "local engine");
  expect(back).toBeInstanceOf(EngineError);
  expect(back).toBeInstanceOf(FoveaError);
  expect(back.message).toBe(message);
});
