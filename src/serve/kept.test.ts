import { expect, test } from "vitest";
import { Kept } from "./kept.ts";

const pixels = (bytes: number) => ({ object: {}, bytes });

test("beyond their number the values that were not used for longest are dropped", () => {
  const kept = new Kept<number>({ values: 2, bytes: 100 });
  let made = 0;
  const use = (key: string) => kept.use(key, () => made++);
  expect(["a", "b", "a", "c", "a", "b"].map(use)).toEqual([0, 1, 0, 2, 0, 3]);
  expect(kept.size).toBe(2);
});

test("and beyond their bytes; an object of several values counts once, and while one of them is kept", () => {
  const kept = new Kept<string>({ values: 9, bytes: 100 });
  const shared = pixels(60);
  const use = (key: string, ...held: ReturnType<typeof pixels>[]) =>
    kept.use(
      key,
      () => key,
      () => held,
    );
  use("a", shared);
  use("b", shared, pixels(30));
  expect([kept.size, kept.bytes]).toEqual([2, 90]);
  use("c", pixels(20));
  // Without a the shared object is b's alone; with b both are free.
  expect([kept.size, kept.bytes]).toEqual([1, 20]);
  use("d", pixels(500));
  expect([kept.size, kept.bytes]).toEqual([1, 500]);
});

test("bytes that are known later count from then on, unless the value is gone", () => {
  const kept = new Kept<string>({ values: 2, bytes: 100 });
  kept.use("a", () => "a");
  kept.use("b", () => "b");
  kept.hold("b", "b", [pixels(40)]);
  kept.hold("b", "b", [pixels(70)]);
  kept.hold("b", "another", [pixels(100)]);
  expect([kept.size, kept.bytes]).toEqual([2, 70]);
  kept.hold("a", "a", [pixels(50)]);
  expect([kept.size, kept.bytes]).toEqual([1, 70]);
  kept.hold("a", "a", [pixels(50)]);
  kept.drop("b", "another");
  expect([kept.size, kept.bytes]).toEqual([1, 70]);
  kept.drop("b", "b");
  expect([kept.size, kept.bytes]).toEqual([0, 0]);
});
