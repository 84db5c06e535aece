import { expect, test } from "vitest";
import { ProgramCache } from "./program-cache.ts";

/** Fake programs: a record of which were compiled and released. */
function workshop() {
  const events: string[] = [];
  const compile =
    (key: string, workingBytes = 0) =>
    async () => {
      events.push(`compile ${key}`);
      const release = async () => void events.push(`release ${key}`);
      return { program: { release, workingBytes }, key };
    };
  return { events, compile };
}

test("a program is compiled at first use only", async () => {
  const { events, compile } = workshop();
  const cache = new ProgramCache(2, {});
  const first = await cache.get("a", compile("a"));
  expect(await cache.get("a", compile("a"))).toBe(first);
  expect(events).toEqual(["compile a"]);
});

test("the program used longest ago is released when there are too many", async () => {
  const { events, compile } = workshop();
  const cache = new ProgramCache(2, {});
  for (const key of ["a", "b", "a", "c", "a", "b"]) {
    expect((await cache.get(key, compile(key))).key).toBe(key);
  }
  expect(events).toEqual(["compile a", "compile b", "compile c", "release b", "compile b", "release c"]);
});

test("programs used longest ago are released when all of them keep too much memory", async () => {
  const { events, compile } = workshop();
  let allowed = 10;
  const cache = new ProgramCache(9, {}, () => allowed);
  await cache.get("a", compile("a", 4));
  await cache.get("b", compile("b", 4));
  await cache.get("c", compile("c", 4));
  expect(events.slice(3)).toEqual(["release a"]);
  await cache.get("large", compile("large", 100));
  expect(events.slice(4)).toEqual(["compile large", "release b", "release c"]);
  allowed = 200;
  await cache.get("d", compile("d", 100));
  expect(events.slice(7)).toEqual(["compile d"]);
});

test("a program in use is kept while others are asked for", async () => {
  const { events, compile } = workshop();
  const cache = new ProgramCache(1, {}, () => 1);
  const key = await cache.use("a", compile("a", 4), async (used) => {
    await cache.get("b", compile("b", 4));
    await cache.get("c", compile("c", 4));
    return used.key;
  });
  expect(key).toBe("a");
  expect(events).toEqual(["compile a", "compile b", "compile c", "release b"]);
  await cache.get("d", compile("d", 4));
  expect(events.slice(4)).toEqual(["compile d", "release a", "release c"]);
});

test("clearing releases all; they are compiled again after it", async () => {
  const { events, compile } = workshop();
  const cache = new ProgramCache(3, {});
  await cache.get("a", compile("a"));
  await cache.get("b", compile("b"));
  await cache.clear();
  await cache.get("a", compile("a"));
  expect(events).toEqual(["compile a", "compile b", "release a", "release b", "compile a"]);
});
