import { expect, test } from "vitest";
import { PartError } from "../errors/index.ts";
import { errorPlace } from "./error-place.ts";
import { errorText } from "./error-text.ts";
import { partError } from "./part-error.ts";

function thrown(message: string, ...frames: readonly string[]): Error {
  const error = new TypeError(message);
  error.stack = [`TypeError: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join("\n");
  return error;
}

const OWN = "/lib/fovea/dist/";

test.each<[name: string, frames: readonly string[], place: string | undefined]>([
  ["a function", ["score (/u/bad.ts:3:14)", `called (${OWN}a.js:1:1)`], "/u/bad.ts:3:14"],
  ["a function without a name", ["/u/bad.ts:3:14"], "/u/bad.ts:3:14"],
  ["an async function", ["async /u/bad.ts:3:14"], "/u/bad.ts:3:14"],
  ["a module of a URL", ["async score (file:///u/b%20d.ts:3:14)"], "/u/b d.ts:3:14"],
  ["a method of a class", ["new Own (/u/bad.ts:3:14)"], "/u/bad.ts:3:14"],
  ["a path with brackets", ["Object.score [as f] (/u (1)/bad.ts:3:14)"], "/u (1)/bad.ts:3:14"],
  ["a file on Windows", ["score (C:\\u\\bad.ts:3:14)"], "C:\\u\\bad.ts:3:14"],
  [
    "code of Node and of a package, called by a user's file",
    [
      "JSON.parse (<anonymous>)",
      "node:internal/fs:3:1",
      "parse (/u/node_modules/yaml/a.js:1:1)",
      "f (/u/bad.ts:3:14)",
    ],
    "/u/bad.ts:3:14",
  ],
  ["code of this package, which a user's file called", [`a (${OWN}a.js:1:1)`, "/u/main.ts:1:1"], undefined],
  ["no file", ["<anonymous>", "Promise.all (index 0)"], undefined],
])("the place of %s", (_, frames, place) => {
  expect(errorPlace(thrown("no column", ...frames), OWN)).toBe(place);
});

test("lines of a message are no frames", () => {
  expect(errorPlace(thrown("not so:\n    at f (/u/other.ts:1:1)", "f (/u/bad.ts:3:14)"), OWN)).toBe(
    "/u/bad.ts:3:14",
  );
});

test("what is no error, or has no stack, has no place", () => {
  const bare = new Error("bare");
  Object.defineProperty(bare, "stack", { value: undefined });
  expect([errorPlace("text"), errorPlace(undefined), errorPlace(bare)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("a failure of a part ends with its place; a typed error stays as it is", () => {
  const error = thrown("no column", "score (/u/bad.ts:3:14)");
  expect(errorText(error)).toBe("no column, at /u/bad.ts:3:14");
  expect(partError(error, "reward").message).toBe("reward: no column, at /u/bad.ts:3:14");
  const typed = new PartError("reward: no column");
  expect(partError(typed, "other")).toBe(typed);
});
