import { describe, expect, test } from "vitest";
import {
  MADE_IMAGE,
  type MadeRow,
  openBenchmark,
  openProblems,
  problemsOf,
  type RecordedScores,
  recordedScores,
  scoredBy,
  scoreFaults,
  without,
  writeRows,
  writeTable,
} from "../../testing/benchmark-files.ts";

interface Recorded {
  readonly rows: readonly (MadeRow & { readonly options: readonly string[] })[];
  readonly table: readonly MadeRow[];
  readonly rounds: readonly {
    readonly predictions: readonly string[];
    readonly vlmevalkit: RecordedScores;
    /** `drawn` letters by chance, which count as wrong here. */
    readonly "lmms-eval": RecordedScores & { readonly drawn: number };
    readonly authors: RecordedScores & { readonly drawn: number };
  }[];
}

const { rows, table, rounds } = recordedScores<Recorded>("mmmu");
const bytes = await MADE_IMAGE;
const image = { bytes, path: "1.png" };
/** As Python writes a list of texts. */
const listed = (texts: readonly string[]) =>
  `[${texts.map((text) => `'${text.replaceAll("\\", "\\\\")}'`).join(", ")}]`;
const docs = rows.map((row) => ({
  ...without(row, "subject", "discipline"),
  options: listed(row.options),
  image_1: image,
  image_2: image,
}));
const encoded = Buffer.from(bytes).toString("base64");
const tableWithImages = table.map((row) => ({ ...row, image: `['${encoded}', '${encoded}']` }));

test("scores match VLMEvalKit, which makes a choice of two of an open question", async () => {
  const data = await writeTable("MMMU_DEV_VAL.tsv", tableWithImages);
  const benchmark = await openBenchmark({ kind: "mmmu", data, scorer: "vlmevalkit" });
  const problems = await problemsOf(benchmark);
  expect(problems.length * rounds.length).toBeGreaterThanOrEqual(280);
  for (const { predictions, vlmevalkit } of rounds) {
    const scored = await scoredBy(benchmark, problems, predictions);
    expect(scoreFaults(benchmark, scored, vlmevalkit)).toEqual([]);
  }
});

test("scores match lmms-eval, to its five places, and the authors' code", async () => {
  const data = await writeRows("validation-00000-of-00001.parquet", docs);
  for (const scorer of ["lmms-eval", "authors"] as const) {
    const benchmark = await openBenchmark({ kind: "mmmu", data, scorer });
    const problems = await problemsOf(benchmark);
    for (const { predictions, [scorer]: theirs } of rounds) {
      expect(theirs.drawn).toBeGreaterThan(0);
      const scored = await scoredBy(benchmark, problems, predictions);
      expect(scoreFaults(benchmark, scored, theirs, { rounding: 5e-6 })).toEqual([]);
    }
  }
});

test("the prompt is the authors', and images are where they are named", async () => {
  const data = await writeRows("validation-00000-of-00001.parquet", docs);
  const benchmark = await openBenchmark({ kind: "mmmu", data });
  const problems = await problemsOf(benchmark);
  const [first, open, third] = problems;
  expect(first!.question).toBe(
    `What do <image> and <image> show in part 0?\n${rows[0]!.options.map((text, i) => `(${"ABCDEFG"[i]}) ${text}\n`).join("")}` +
      "\nAnswer with the option's letter from the given choices directly.",
  );
  expect(problems[0]!.images).toHaveLength(2);
  expect(problems[2]!.images).toHaveLength(1);
  expect(open).toMatchObject({ kind: "Art_Theory", columns: { discipline: "Art and Design" } });
  expect(open!.question).toBe(
    "Of <image>, what is part 1?\nAnswer the question using a single word or phrase.",
  );
  expect(open!.options).toBeUndefined();
  expect(third!.kind).toBe("Accounting");
});

test("by hand: a choice, a number and one of several texts are right by the verdict answer", async () => {
  const open = { ...docs[1], question: "How many?", question_type: "open" };
  const data = await writeRows("validation-00000-of-00001.parquet", [
    { ...docs[0], options: "['8', 'a \"map\"']", answer: "B" },
    { ...open, id: "validation_Math_1", answer: "12.30" },
    { ...open, id: "validation_Math_2", answer: "['0.33', '1/3']" },
  ]);
  const benchmark = await openBenchmark({ kind: "mmmu", data });
  const problems = await problemsOf(benchmark);
  expect(problems.map(({ answers }) => answers)).toEqual([["B", 'a "map"'], ["12.30"], ["0.33", "1/3"]]);
  const scored = await scoredBy(benchmark, problems, [
    "It is (B).",
    "The answer is 12.3.",
    "\\boxed{\\frac{1}{3}}",
  ]);
  expect(scored.map(({ score }) => score)).toEqual([1, 1, 1]);
});

test("an answer in brackets that is no list of texts is one answer, not its parts", async () => {
  const open = { ...docs[1], question: "Where?", question_type: "open" };
  const data = await writeRows("validation-00000-of-00001.parquet", [
    { ...open, id: "validation_Math_1", answer: "(3, 4)" },
    { ...open, id: "validation_Math_2", answer: "{2, 5}" },
  ]);
  const benchmark = await openBenchmark({ kind: "mmmu", data });
  const problems = await problemsOf(benchmark);
  expect(problems.map(({ answers }) => answers)).toEqual([["(3, 4)"], ["{2, 5}"]]);
  const scored = await scoredBy(benchmark, problems, ["The answer is 3.", "The answer is {5, 2}."]);
  expect(scored.map(({ score }) => score)).toEqual([0, 1]);
});

describe("bad input", () => {
  test.each<[string, readonly MadeRow[], string]>([
    ["an id twice", [docs[0]!, docs[2]!, docs[0]!], "row 3: has the id validation_Art_0 of"],
    ["options that are no list", [{ ...docs[0], options: "A or B" }], "row 1: options: expected a list"],
    ["an id of another form", [{ ...docs[0], id: "17" }], "row 1: id: expected split_subject_number"],
    [
      "an image that is not there",
      [docs[2]!, { ...docs[0], image_2: null }],
      "row 2: question: names image 2",
    ],
  ])("%s is reported with file and row", async (_, broken, message) => {
    const data = await writeRows("validation-00000-of-00001.parquet", broken);
    await expect(openBenchmark({ kind: "mmmu", data }).then(problemsOf)).rejects.toThrow(message);
  });

  test("a table without the split is an error", async () => {
    const data = await writeTable("MMMU_DEV_VAL.tsv", tableWithImages);
    await expect(openProblems({ kind: "mmmu", data, split: "dev" })).rejects.toThrow(
      "expected questions of the split dev, got none",
    );
  });
});
