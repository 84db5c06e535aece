import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "libsql";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RunError } from "../errors/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { Refusal } from "./refusal.ts";
import { openStateDatabase, type StateDatabase } from "./state-database.ts";

const open: StateDatabase[] = [];
afterEach(() => {
  for (const database of open.splice(0)) database.close();
});

async function opened(directory: string, maxBytes?: number): Promise<StateDatabase> {
  const database = await openStateDatabase(directory, maxBytes);
  open.push(database);
  return database;
}

const fileOf = (directory: string) => join(directory, "serve.sqlite");
const ADD = "INSERT INTO sessions (id) VALUES (?)";
const idsOf = (database: StateDatabase) =>
  database.rows("SELECT id FROM sessions ORDER BY rowid").map((row) => (row as { readonly id: string }).id);

describe("what was written", () => {
  test("is there when the file is opened again, which after an orderly end is the only one", async () => {
    const directory = temporaryDirectory();
    const first = await opened(directory);
    first.run(ADD, "a");
    first.close();
    expect(() => statSync(`${fileOf(directory)}-wal`)).toThrow("ENOENT");
    expect(idsOf(await opened(directory))).toEqual(["a"]);
    expect(() => first.run(ADD, "b")).toThrow(Refusal);
  });

  test("is there up to some write, whole, wherever a crash cut the file of new writes", async () => {
    const directory = temporaryDirectory();
    const live = await opened(directory);
    const ids = Array.from({ length: 12 }, (_, i) => `${i}${"x".repeat(1500)}`);
    for (const id of ids) live.run(ADD, id);
    const log = `${fileOf(directory)}-wal`;
    const { size } = statSync(log);
    const lengths: number[] = [];
    for (let part = 0; part <= 9; part++) {
      const crashed = temporaryDirectory();
      copyFileSync(fileOf(directory), fileOf(crashed));
      copyFileSync(log, `${fileOf(crashed)}-wal`);
      truncateSync(`${fileOf(crashed)}-wal`, Math.floor((size * part) / 9));
      const found = idsOf(await opened(crashed));
      expect(found).toEqual(ids.slice(0, found.length));
      lengths.push(found.length);
    }
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
    expect(lengths[0]).toBe(0);
    expect(lengths.at(-1)).toBe(ids.length);
  });

  test("in one transaction is all there or not at all", async () => {
    const database = await opened(temporaryDirectory());
    const broken = () => {
      database.run(ADD, "a");
      throw new TypeError("mine");
    };
    expect(() => database.transaction(broken)).toThrow(TypeError);
    expect(idsOf(database)).toEqual([]);
    expect(
      database.transaction(() => {
        database.run(ADD, "b");
        return 7;
      }),
    ).toBe(7);
    expect(idsOf(database)).toEqual(["b"]);
  });

  test("against the tables' rules is refused, in the words of the database and with its file", async () => {
    const directory = temporaryDirectory();
    const database = await opened(directory);
    const orphan = "INSERT INTO sampling_sessions (id, session, source) VALUES ('a', 'none', '{}')";
    expect(() => database.run(orphan)).toThrow(`${fileOf(directory)}: FOREIGN KEY constraint failed`);
  });
});

describe("a full disk", () => {
  const FULL = "no space left on the server's disk";

  test("refuses a write and leaves nothing of it, and there is room again for less", async () => {
    const directory = temporaryDirectory();
    const database = await opened(directory, 2 ** 17);
    database.run(ADD, "a");
    const large = "x".repeat(2 ** 17);
    expect(() => database.run(ADD, large)).toThrow(new Refusal("storage", FULL));
    expect(() =>
      database.transaction(() => {
        database.run(ADD, "b");
        database.run(ADD, large);
      }),
    ).toThrow(new Refusal("storage", FULL));
    database.note(ADD, large);
    database.run(ADD, "c");
    database.close();
    expect(idsOf(await opened(directory))).toEqual(["a", "c"]);
  });

  test("with no room for the tables is an error of the start", async () => {
    await expect(openStateDatabase(temporaryDirectory(), 2 ** 13)).rejects.toThrow(
      /serve\.sqlite: no space left on the disk$/,
    );
  });
});

describe("one server at a time", () => {
  test("has the file: another gets an error, in this process and in other processes, until the first closes it", async () => {
    const directory = temporaryDirectory();
    const first = await opened(directory);
    await expect(openStateDatabase(directory)).rejects.toThrow(RunError);
    await expect(openStateDatabase(directory)).rejects.toThrow(
      `${fileOf(directory)}: another server has it open`,
    );
    const program = `
      const Sqlite = require("libsql");
      try { new Sqlite(process.argv[1]).exec("SELECT * FROM sessions"); } catch (error) { console.log(error.code); }`;
    const said = () =>
      execFileSync(process.execPath, ["-e", program, fileOf(directory)], { encoding: "utf8" });
    expect(said()).toBe("SQLITE_BUSY\n");
    first.run(ADD, "a");
    first.close();
    expect(said()).toBe("");
    expect(idsOf(await opened(directory))).toEqual(["a"]);
  });
});

describe("a file that is no database of this version of fovea serve", () => {
  const made = (path: string, sql: string) => {
    const database = new Sqlite(path);
    database.exec(sql);
    database.close();
  };

  test.each([
    [
      "another kind of file",
      (path: string) => writeFileSync(path, "hello ".repeat(1000)),
      "expected a database of fovea serve, got another kind of file",
    ],
    [
      "another program's",
      (path: string) => made(path, "CREATE TABLE notes (words TEXT)"),
      "expected a database of fovea serve, got one of another program",
    ],
    [
      "another program's that has signed it",
      (path: string) => made(path, "PRAGMA application_id = 5; PRAGMA user_version = 1"),
      "expected a database of fovea serve, got one of another program",
    ],
    [
      "a newer version's",
      (path: string) => made(path, "PRAGMA application_id = 0x466f7661; PRAGMA user_version = 2"),
      "expected tables of version 1, got version 2: another version of Fovea made it",
    ],
  ])("is an error that names it, and stays as it is: %s", async (_, make, words) => {
    const directory = temporaryDirectory();
    make(fileOf(directory));
    const before = readFileSync(fileOf(directory));
    const failure = openStateDatabase(directory);
    await expect(failure).rejects.toThrow(RunError);
    await expect(failure).rejects.toThrow(`${fileOf(directory)}: ${words}`);
    expect(readFileSync(fileOf(directory))).toEqual(before);
  });

  test("that is damaged is an error of the start, and while it is open one of the request", async () => {
    const directory = temporaryDirectory();
    const database = await opened(directory);
    database.transaction(() => {
      for (let i = 0; i < 1000; i++) database.run(ADD, `${i}${"x".repeat(8000)}`);
    });
    database.close();
    const whole = readFileSync(fileOf(directory));
    const again = await opened(directory);
    const damaged = Buffer.from(whole).fill(0xff, 2 ** 16, whole.length - 2 ** 16);
    writeFileSync(fileOf(directory), damaged);
    expect(() => again.rows("SELECT max(length(id)) FROM sessions")).toThrow(
      new Refusal("storage", `${fileOf(directory)}: database disk image is malformed`),
    );
    again.close();
    writeFileSync(fileOf(directory), damaged);
    const failure = openStateDatabase(directory);
    await expect(failure).rejects.toThrow(RunError);
    await expect(failure).rejects.toThrow(
      /serve\.sqlite: damaged; where it is moved away, a new one is begun/,
    );
  });
});

describe("a place or a machine that will not do", () => {
  test("is an error of the run", async () => {
    await expect(openStateDatabase("/dev/null/state")).rejects.toThrow(RunError);
    expect(idsOf(await opened(join(temporaryDirectory(), "made", "on", "the", "way")))).toEqual([]);
  });

  test("for which there is no SQLite is an error that says what is missing", async () => {
    vi.doMock("libsql", () => {
      throw new Error("Cannot find module '@libsql/win32-arm64-msvc'");
    });
    const failure = openStateDatabase(temporaryDirectory());
    await expect(failure).rejects.toThrow(RunError);
    await expect(failure).rejects.toThrow(/serve\.sqlite: cannot be opened: /);
    vi.doUnmock("libsql");
  });
});
