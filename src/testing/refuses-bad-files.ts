/**
 * @module
 * Tests that every benchmark shares: broken files are refused by file, row and reason.
 */
import { copyFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { editedTable } from "./edited-table.ts";
import { openBenchmark } from "./recorded-answers.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

interface BadFiles {
  /** A column without which the file is none of the benchmark. */
  readonly column: string;
  /** The column with the id. */
  readonly id: string;
  readonly options?: object;
  /** The message about a row without its image, if the question names the image. */
  readonly missing?: string;
}

function pattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Tests of a benchmark's table: another version, an id twice, an image missing, another name. */
export function refusesBadFiles(
  kind: string,
  table: string,
  { column, id, options = {}, missing = "image: is missing" }: BadFiles,
): void {
  const name = pattern(basename(table));

  describe("bad files are rejected with file, row and reason", () => {
    test("another version, with other columns", async () => {
      const path = editedTable(table, (row) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => name !== column)),
      );
      await expect(openBenchmark(kind, path, options)).rejects.toThrow(
        new RegExp(
          `${kind}: .*${name}: is no ${name} as published: lacks the columns ${column}; it has \\w+`,
        ),
      );
    });

    test("two rows of one id", async () => {
      let first = "";
      const path = editedTable(table, (row, i) => {
        if (i === 3) first = row[id]!;
        return i === 5 ? { ...row, [id]: first } : row;
      });
      await expect(openBenchmark(kind, path, options)).rejects.toThrow(
        new RegExp(`${kind}: .*${name} line \\d+: has the id .* of .*${name} line \\d+`),
      );
    });

    test("a row without its image, while the others open", async () => {
      const path = editedTable(table, (row, i) => (i === 1 ? { ...row, image: "" } : row));
      const { source } = await openBenchmark(kind, path, options);
      await expect(source.problem(1)).rejects.toThrow(new RegExp(`${name} line \\d+: ${missing}`));
      expect((await source.problem(0)).images).toHaveLength(1);
    });

    test("a row without its question, and one without its answer", async () => {
      const path = editedTable(table, (row, i) => ({
        ...row,
        ...(i === 1 && { question: "" }),
        ...(i === 2 && { answer: "" }),
      }));
      const { source } = await openBenchmark(kind, path, options);
      await expect(source.problem(1)).rejects.toThrow(new RegExp(`${name} line \\d+: question: is missing`));
      await expect(source.problem(2)).rejects.toThrow(new RegExp(`${name} line \\d+: answer: `));
    });

    test("another name, and no such folder", async () => {
      const folder = temporaryDirectory();
      copyFileSync(table, join(folder, "other.tsv"));
      await expect(openBenchmark(kind, folder, options)).rejects.toThrow(
        new RegExp(`benchmark ${kind}: .*: expected .*${name}.*, got other\\.tsv`),
      );
      await expect(openBenchmark(kind, join(folder, "none"), options)).rejects.toThrow(/no such file/);
    });
  });
}
