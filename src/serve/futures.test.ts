import { statSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { Futures } from "./futures.ts";
import { Refusal } from "./refusal.ts";
import { Results } from "./results.ts";
import { openStateDatabase, type StateDatabase } from "./state-database.ts";

const open: StateDatabase[] = [];
afterEach(() => {
  for (const database of open.splice(0)) database.close();
});

const owner = (key: string, digest = "d") => ({ call: "forward", session: "s", key, digest });
const answer = async (futures: Futures, id: string) => {
  const text = await futures.wait(id, 1000, new AbortController().signal);
  return text === undefined ? undefined : (JSON.parse(text) as object);
};

async function world(directory: string, { maxBytes, limit }: { maxBytes?: number; limit?: number } = {}) {
  const database = await openStateDatabase(directory, maxBytes);
  open.push(database);
  database.note("INSERT OR IGNORE INTO sessions (id) VALUES ('s')");
  const results = new Results(database, limit);
  results.begin();
  return { database, futures: new Futures(results) };
}

describe("a result", () => {
  test("of megabytes is there after a restart, and so is the key that identifies its request when it comes again", async () => {
    const directory = temporaryDirectory();
    const first = await world(directory);
    const large = { text: "é".repeat(3 * 2 ** 20), cut: '\u0000\ud83d\ude00"' };
    const id = first.futures.begin(owner("m#1"), async () => large);
    expect(await answer(first.futures, id)).toEqual(large);
    first.database.close();
    const { futures } = await world(directory);
    expect(await answer(futures, id)).toEqual(large);
    expect(futures.sessionOf(id)).toBe("s");
    const start = vi.fn(async () => ({}));
    expect(futures.begin(owner("m#1"), start)).toBe(id);
    expect(() => futures.begin(owner("m#1", "other"), start)).toThrow(
      "forward: number 1 was used by another request; do two clients train one model?",
    );
    expect(start).not.toHaveBeenCalled();
  });

  test("that cannot be written down is the operation's failure", async () => {
    const { futures } = await world(temporaryDirectory());
    const id = futures.begin(owner("m#1"), async () => ({ count: 1n }));
    expect(await answer(futures, id)).toMatchObject({ code: "failed", call: "forward" });
  });

  test("of what is ended with its session or model names the call that was under way", async () => {
    const { futures } = await world(temporaryDirectory());
    const never = () => new Promise<object>(() => {});
    const stepping = futures.begin({ ...owner("m#1"), call: "optim_step", model: "m" }, never);
    const making = futures.begin({ ...owner("m#2"), call: "create_model" }, never);
    futures.failAll({ model: "m" }, new Refusal("unknown-model", "the model m was unloaded"));
    expect(await answer(futures, stepping)).toMatchObject({ code: "unknown-model", call: "optim_step" });
    futures.failAll({ session: "s" }, new Refusal("unknown-session", "the session ended"));
    expect(await answer(futures, making)).toMatchObject({ code: "unknown-session", call: "create_model" });
  });

  test("beyond what is kept goes, the oldest first", async () => {
    const { futures } = await world(temporaryDirectory(), { limit: 50 });
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      ids.push(futures.begin(owner(`m#${i}`), async () => ({ text: "0123456789" })));
      await answer(futures, ids[i]!);
    }
    await expect(answer(futures, ids[2]!)).rejects.toThrow(Refusal);
    expect(await answer(futures, ids[3]!)).toEqual({ text: "0123456789" });
  });

  test("takes the place of removed results, so that the file stays small", async () => {
    const directory = temporaryDirectory();
    const limit = 100_000;
    const { database, futures } = await world(directory, { limit });
    for (let i = 0; i < 60; i++) {
      await answer(
        futures,
        futures.begin(owner(`m#${i}`), async () => ({ text: "x".repeat(20_000) })),
      );
    }
    database.close();
    expect(statSync(database.path).size).toBeLessThan(2 * limit);
  });
});

describe("on a full disk", () => {
  test("a result is given all the same, its work is not done again, and it is written when there is room", async () => {
    const directory = temporaryDirectory();
    const { database, futures } = await world(directory, { maxBytes: 2 ** 18 });
    const fill = database.transaction.bind(database);
    const ids: string[] = [];
    const begin = async (key: string, size: number) => {
      const id = futures.begin(owner(key), async () => ({ key, text: "x".repeat(size) }));
      expect(await answer(futures, id)).toMatchObject({ key });
      ids.push(id);
    };
    await begin("m#1", 100);
    await begin("m#2", 2 ** 18);
    database.transaction = () => {
      throw new Refusal("storage", "full");
    };
    await begin("m#3", 100);
    const start = vi.fn(async () => ({}));
    expect(futures.begin(owner("m#2"), start)).toBe(ids[1]);
    expect(futures.begin(owner("m#3"), start)).toBe(ids[2]);
    expect(start).not.toHaveBeenCalled();
    database.transaction = fill;
    await begin("m#4", 100);
    expect(await answer(futures, ids[1]!)).toMatchObject({ key: "m#2" });
    database.close();

    const later = await world(directory);
    for (const [i, isKept] of [true, false, false, true].entries()) {
      const found = answer(later.futures, ids[i]!);
      if (isKept) expect(await found).toMatchObject({ key: `m#${i + 1}` });
      else await expect(found).rejects.toThrow("no future");
    }
  });
});
