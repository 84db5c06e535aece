import { expect, test } from "vitest";
import { Recent } from "./recent.ts";

test("the value used longest ago makes room, and is made again", () => {
  const made: string[] = [];
  const values = new Recent<string, string>(2);
  const use = (key: string) =>
    values.use(key, () => {
      made.push(key);
      return `value of ${key}`;
    });
  expect(["a", "b", "a", "c", "a", "b"].map(use)).toEqual(
    ["a", "b", "a", "c", "a", "b"].map((key) => `value of ${key}`),
  );
  expect(made).toEqual(["a", "b", "c", "b"]);
  expect(values.entries().map(([key]) => key)).toEqual(["a", "b"]);
});

test("a value that is looked for counts as used, and one that there is not is undefined", () => {
  const values = new Recent<string, number>(2);
  values.use("a", () => 1);
  values.use("b", () => 2);
  expect([values.get("a"), values.get("c")]).toEqual([1, undefined]);
  values.use("c", () => 3);
  expect(values.entries()).toEqual([
    ["a", 1],
    ["c", 3],
  ]);
  values.delete("a");
  expect(values.get("a")).toBeUndefined();
});
