import { setImmediate as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { Slots } from "./slots.ts";

/** Works that end on request, and the names of all works that have begun. */
function works(slots: Slots) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    add: (rank: number, key: string, name: string) =>
      slots.run(rank, key, () => {
        begun.push(name);
        return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
      }),
    end: async (name: string) => {
      ends.get(name)!();
      await pause();
      await pause();
    },
  };
}

test("begins what has the least rank, as many as there are slots, and each key once at a time", async () => {
  const { begun, add, end } = works(new Slots(2));
  const all = [
    add(3, "other", "d"),
    add(0, "start", "a"),
    add(1, "start", "b"),
    add(2, "third", "c"),
    add(4, "other", "e"),
  ];
  await pause();
  // b waits for a, which has its key.
  expect(begun).toEqual(["a", "c"]);
  await end("c");
  expect(begun).toEqual(["a", "c", "d"]);
  await end("a");
  expect(begun).toEqual(["a", "c", "d", "b"]);
  await end("b");
  // e waits for d.
  expect(begun).toHaveLength(4);
  await end("d");
  await end("e");
  expect(await Promise.all(all)).toEqual(["d", "a", "b", "c", "e"]);
});

test("work that follows on another of less rank begins before what has waited", async () => {
  const slots = new Slots(1);
  const begun: string[] = [];
  const twice = async (rank: number) => {
    for (const part of ["start", "run"]) {
      await slots.run(rank, `${part} ${rank}`, async () => void begun.push(`${part} ${rank}`));
    }
  };
  await Promise.all([twice(0), twice(1)]);
  expect(begun).toEqual(["start 0", "run 0", "start 1", "run 1"]);
});

test("a work that fails leaves its slot and its key to the next", async () => {
  const slots = new Slots(1);
  const failed = slots.run(0, "key", () => Promise.reject(new Error("no")));
  const next = slots.run(1, "key", async () => "yes");
  await expect(failed).rejects.toThrow("no");
  expect(await next).toBe("yes");
});
