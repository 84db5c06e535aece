import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { literalIn } from "../data/index.ts";
import { allProblems, copiedFixture, openRecorded } from "../testing/benchmark-rounds.ts";

const TABLES = {
  chartmimic: "ChartMimic_v2_direct.tsv",
  chartqa: "ChartQA_TEST.tsv",
  chartqapro: "ChartQAPro.tsv",
  docvqa: "DocVQA_VAL.tsv",
  dynamath: "DynaMath.tsv",
  emma: "EMMA.tsv",
  infovqa: "InfoVQA_VAL.tsv",
  logicvista: "LogicVista.tsv",
  mathverse: "MathVerse_MINIV.tsv",
  mathvision: "MathVision.tsv",
  mathvista: "MathVista_MINI.tsv",
  textvqa: "TextVQA_VAL.tsv",
  "video-mmmu": "VideoMMMU.tsv",
  "vsi-bench": "VSI-Bench.tsv",
  wemath: "WeMath.tsv",
};

/** A cell without regard to how a list or a number is written. */
function contentOf(cell: unknown): unknown {
  if (cell === null || cell === undefined || cell === "nan") return "";
  if (typeof cell !== "string") return JSON.stringify(cell);
  const literal = /^\s*[[{]/.test(cell) ? literalIn(cell) : undefined;
  return literal === undefined ? cell.trim() : JSON.stringify(literal);
}

// An export for VLMEvalKit writes the columns of the answers, and the tool scores by them.
test.each(Object.entries(TABLES))("%s keeps the columns that %s publishes", async (kind, file) => {
  const problems = await allProblems(await openRecorded(kind, { file, options: {} }));
  const path = await copiedFixture(kind, file);
  const rows = parse(readFileSync(path), { delimiter: "\t", columns: true, relax_quotes: true }) as Record<
    string,
    string
  >[];
  const byIndex = new Map(rows.map((row) => [row["index"], row]));
  expect(problems.length).toBeGreaterThan(0);
  for (const { columns } of problems) {
    const row = byIndex.get(String(columns["index"]))!;
    for (const [column, cell] of Object.entries(row)) {
      if (/^image/.test(column)) continue;
      expect([column, contentOf(columns[column])]).toEqual([column, contentOf(cell)]);
    }
  }
});
