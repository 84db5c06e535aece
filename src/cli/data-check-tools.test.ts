import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { filesSchema, openFileSource } from "../data/index.ts";
import { collectingContext } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

const FIXTURES = new URL("../../fixtures/data/", import.meta.url);

interface Expected {
  readonly question: string;
  readonly answers: readonly string[];
  readonly images: readonly string[];
}

const { files } = JSON.parse(readFileSync(new URL("tools.json", FIXTURES), "utf8")) as {
  readonly files: Readonly<Record<string, readonly Expected[] | null>>;
};
const entries = Object.entries(files);
const read = entries.flatMap(([name, expected]) => (expected === null ? [] : [[name, expected] as const]));
const pathOf = (name: string) => fileURLToPath(new URL(`files/tools/${name}`, FIXTURES));

async function check(path: string) {
  const { context, stdout, stderr } = collectingContext();
  const status = await runCommandLine(["data", "check", path], context);
  return { status, said: stdout() + stderr() };
}

const LONGEST_MS = 10_000;

describe("data sets that tools wrote by their own code", () => {
  test.each(read)(
    "%s is opened whole",
    async (name, expected) => {
      const { status, said } = await check(pathOf(name));
      expect(said).toMatch(new RegExp(`^rows +${expected.length}, 0 broken`, "m"));
      expect(status).toBe(0);
    },
    LONGEST_MS,
  );

  test.each(read)(
    "%s states its problems, with their images as Pillow reads them",
    async (name, expected) => {
      const source = await openFileSource(filesSchema.parse({ path: pathOf(name) }), "train");
      expect(source.size).toBe(expected.length);
      for (const [i, { images, ...text }] of expected.entries()) {
        const problem = await source.problem(i);
        expect(problem).toMatchObject(text);
        expect(problem.images.map(({ data }) => createHash("sha256").update(data).digest("hex"))).toEqual(
          images,
        );
      }
    },
  );

  test.each([
    ["datasets-saved-to-disk", "to_parquet"],
    ["webdataset-000000.tar", "unpack"],
  ])(
    "%s is refused with what to do",
    async (name, hint) => {
      expect(files[name]).toBeNull();
      const { status, said } = await check(pathOf(name));
      expect(status).toBe(1);
      expect(said).toContain(name);
      expect(said).toContain(hint);
    },
    LONGEST_MS,
  );
});
