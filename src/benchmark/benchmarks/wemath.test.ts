import { describe, expect, test } from "vitest";
import { editedTable } from "../../testing/edited-table.ts";
import {
  agreementWith,
  benchmarkFixture,
  measured,
  nearly,
  openBenchmark,
  problemsOf,
} from "../../testing/recorded-answers.ts";
import { refusesBadFiles } from "../../testing/refuses-bad-files.ts";
import type { ScoredAnswer } from "../benchmark.ts";

const TABLE = benchmarkFixture("wemath", "WeMath.tsv");
const PARQUET = benchmarkFixture("wemath", "testmini-00000-of-00001.parquet");
const table = await openBenchmark("wemath", TABLE);

test.each(["vlmevalkit", "vlmevalkit with a judge", "lmms-eval"])(
  "verdicts and measures match %s",
  async (scorer) => {
    const { answers, known, differences, theirs, ours } = await agreementWith("wemath", scorer);
    expect([answers, known, differences]).toEqual([1740, 0, []]);
    // Both print hundredths of a percent.
    expect(ours).toEqual(nearly(theirs, 3));
  },
);

/** Chains from the signs of their steps and, last, of the whole: "++-". */
function chains(...signs: string[]): ScoredAnswer[] {
  return signs.flatMap((chain, id) => {
    const steps = chain.length - 1;
    return Array.from(chain, (sign, i): ScoredAnswer => {
      const kind = `${steps}steps_${i === steps ? "multi" : i + 1}`;
      const problem = {
        id: `${id} ${kind}`,
        kind,
        question: "?",
        answers: ["A"],
        columns: { ID: String(id) },
      };
      const score = sign === "?" ? null : Number(sign === "+");
      return { problem, text: "", extracted: null, score, reason: "" };
    });
  });
}

describe("the four metrics by hand", () => {
  const measures = (...signs: string[]) => measured(table.measures(chains(...signs)));

  test("strict and loose", () => {
    // Right in all: mastery in both. Whole right, a step wrong: by rote when strict, mastery when loose. Whole right, all steps
    // wrong: by rote in both. Steps right, whole wrong: inadequate generalisation. A step and the whole wrong: insufficient knowledge.
    const got = measures("+++", "+-+", "--+", "++-", "+--", "+++-", "++-+", "----");
    expect(got).toMatchObject({
      "insufficient knowledge (strict)": 2 / 8,
      "inadequate generalisation (strict)": 2 / 8,
      "complete mastery (strict)": 1 / 8,
      "rote memorisation (strict)": 3 / 4,
      "score (strict)": (8 - 2 - 1 - 3) / 8,
      "insufficient knowledge (loose)": 2 / 8,
      "inadequate generalisation (loose)": 2 / 8,
      "complete mastery (loose)": 3 / 8,
      "rote memorisation (loose)": 1 / 4,
      "score (loose)": (8 - 2 - 1 - 1) / 8,
      "two-step": 3 / 5,
      "three-step": 1 / 3,
    });
  });

  test("without any right whole there is no rote memorisation to measure, nor anything without chains", () => {
    expect(measures("+--")).toMatchObject({ "rote memorisation (strict)": null, "score (strict)": 0 });
    expect(measures()).toMatchObject({ "score (strict)": null, accuracy: null });
  });

  test("a chain with an answer that is missing or cannot be judged does not count", () => {
    const whole = chains("+++", "++-").slice(0, -1);
    const of = (answers: readonly ScoredAnswer[]) => table.measures(answers);
    expect(of(whole)[0]).toMatchObject({ name: "score (strict)", value: 1, of: 1 });
    expect(of(chains("+++", "?+-"))[0]).toMatchObject({ value: 1, of: 1 });
  });
});

test("both published forms have the same options and answers; steps of one problem are one cluster", async () => {
  const parquet = await openBenchmark("wemath", PARQUET);
  const [a, b] = await Promise.all([problemsOf(table, 70), problemsOf(parquet, 70)]);
  const facts = (problems: typeof a) => problems.map(({ id, options, answers }) => [id, options, answers]);
  expect(facts(a)).toEqual(facts(b));
  expect(new Set(a.map((problem) => table.cluster!(problem))).size).toBe(24);
});

test("the prompt is VLMEvalKit's, with the request for a form where it is asked for", async () => {
  const { source } = await openBenchmark("wemath", TABLE, { requirement: true });
  const { question, options } = await source.problem(3);
  expect(question).toBe(
    `Question: Q1?\nOptions:\n${options!.map((text, i) => `${"ABCD"[i]}. ${text}\n`).join("")}\n` +
      "Answer in the form <Answer>: <<your option>>.",
  );
});

// The id of a row is its ID and key.
refusesBadFiles("wemath", TABLE, { column: "A", id: "index" });

test.each([["an unknown key", { key: "4steps_1" }, /key: expected 2steps_1 or .*, got "4steps_1"/]])(
  "%s is refused by row",
  async (_, change, message) => {
    const path = editedTable(TABLE, (row, i) => (i === 7 ? { ...row, ...change } : row));
    await expect(openBenchmark("wemath", path)).rejects.toThrow(message);
  },
);

test("an answer that is no option, and an image that is of no row, are refused by row", async () => {
  const path = editedTable(TABLE, (row, i) => ({
    ...row,
    ...(i === 7 && { answer: "E" }),
    ...(i === 8 && { image: "99999" }),
  }));
  const { source } = await openBenchmark("wemath", path);
  await expect(source.problem(7)).rejects.toThrow(/WeMath\.tsv line 9: answer: expected one of A, B/);
  await expect(source.problem(8)).rejects.toThrow(/WeMath\.tsv line 10: .*99999/);
});
