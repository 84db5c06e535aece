import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { openFileDemonstrations } from "./file-demonstrations.ts";
import { openFileSource } from "./file-source.ts";
import { filesSchema } from "./options.ts";

const FIXTURES = new URL("../../../fixtures/data/", import.meta.url);

interface Expected {
  readonly id?: string;
  readonly kind?: string;
  readonly question: string;
  readonly answers: readonly string[];
  readonly images: readonly string[];
  readonly completion?: string;
  readonly later?: readonly (readonly [string, string])[];
}

const { files } = JSON.parse(readFileSync(new URL("conventions.json", FIXTURES), "utf8")) as {
  readonly files: Readonly<Record<string, readonly Expected[]>>;
};

/** Written by the datasets library and Python's json after the tools' documentation. */
describe("rows as other tools have them", () => {
  test.each(Object.entries(files))("%s states its problems", async (name, expected) => {
    const path = fileURLToPath(new URL(`files/conventions/${name}`, FIXTURES));
    const options = filesSchema.parse({ path });
    const source = await openFileSource(options, "train");
    const demonstrations = await openFileDemonstrations(options);
    expect(source.size).toBe(expected.length);
    for (const [i, { images, completion, later, ...text }] of expected.entries()) {
      const problem = await source.problem(i);
      expect(problem).toMatchObject(text);
      const hashes = problem.images.map(({ data }) => createHash("sha256").update(data).digest("hex"));
      expect(hashes).toEqual(images);
      expect(() => JSON.stringify(problem.columns)).not.toThrow();
      const shown = await demonstrations.demonstration(i);
      expect(shown.completion).toBe(completion ?? problem.answers[0]);
      expect((shown.later ?? []).map((turn) => [turn.question, turn.completion])).toEqual(later ?? []);
    }
  });
});
