import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { openFileSource } from "./file-source.ts";
import { filesSchema } from "./options.ts";

const FIXTURES = new URL("../../../fixtures/data/", import.meta.url);

interface Expected {
  readonly files: Readonly<
    Record<
      string,
      readonly {
        readonly id?: string;
        readonly kind?: string;
        readonly question: string;
        readonly answer: string;
        readonly images: readonly string[];
      }[]
    >
  >;
}

const { files } = JSON.parse(readFileSync(new URL("expected.json", FIXTURES), "utf8")) as Expected;

/** Written by datasets, pyarrow and pandas; pixels as Pillow decodes them. */
describe("files of the libraries that published sets are written with", () => {
  test.each(Object.entries(files))("%s holds the same problems here", async (name, expected) => {
    const path = fileURLToPath(new URL(`files/${name}`, FIXTURES));
    const columns = name === "no-images.csv" ? { image: "" } : {};
    const source = await openFileSource(filesSchema.parse({ path, columns }), "train");
    expect(source.size).toBe(expected.length);
    for (const [i, { images, ...text }] of expected.entries()) {
      const problem = await source.problem(i);
      expect({ ...problem, answer: problem.answers[0] }).toMatchObject(text);
      const hashes = problem.images.map(({ data }) => createHash("sha256").update(data).digest("hex"));
      expect(hashes).toEqual(images);
    }
  });
});
