import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { BENCHMARK_KINDS, benchmarkSchema } from "../../benchmark/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import type { AnswerRecord } from "../benchmark/answer-record.ts";
import type { RecordedAnswers } from "../benchmark/read-answers.ts";
import { writeLmmsEval } from "./lmms-eval.ts";
import { LMMS_EVAL_TASKS } from "./lmms-eval-tasks.ts";
import type { Targets } from "./target.ts";
import { writeVlmEvalKit } from "./vlmevalkit.ts";
import { VLMEVALKIT_DATASETS } from "./vlmevalkit-datasets.ts";

const packed = readFileSync(new URL("../../../fixtures/predictions/names.json.gz", import.meta.url));
const names = JSON.parse(gunzipSync(packed).toString("utf8")) as Record<
  "vlmevalkit" | "lmms-eval",
  readonly string[]
>;

const entriesOf = (tool: keyof typeof names, targets: Targets) =>
  Object.entries(targets).flatMap(([kind, own]) => own.map((target) => ({ tool, kind, ...target })));

describe.each([...entriesOf("vlmevalkit", VLMEVALKIT_DATASETS), ...entriesOf("lmms-eval", LMMS_EVAL_TASKS)])(
  "$name of $tool",
  ({ tool, kind, name, options, columns }) => {
    test("is a name that the tool knows, of a benchmark with these options", () => {
      expect(names[tool]).toContain(name);
      expect(BENCHMARK_KINDS).toContain(kind);
      expect(benchmarkSchema.parse({ kind, ...options })).toMatchObject({ kind, ...options });
      expect(columns.length).toBeGreaterThan(0);
    });
  },
);

/** Answers to problems of ChartQA, one to each. */
function recorded(
  completions: readonly string[],
  columns: Readonly<Record<string, unknown>> = {},
): RecordedAnswers {
  const answers = completions.map(
    (completion, index): AnswerRecord => ({
      problem: `${index}`,
      index,
      sample: 0,
      question: "How much?",
      answers: ["3"],
      columns: { index: `${index}`, question: "How much?", answer: "3", ...columns },
      completion,
      completionTokens: 1,
      stopReason: "stop",
      extracted: null,
      score: 0,
      reason: "wrong answer",
    }),
  );
  const header = {
    event: "evaluation" as const,
    version: 1 as const,
    benchmark: "chartqa",
    fingerprint: "made up",
    model: "weights 12/ab c",
    verdict: "relaxed",
    protocol: {},
  };
  return { header, answers, skipped: [], cutBytes: 0 };
}

function rowsOf(given: RecordedAnswers): Record<string, string>[] {
  const { files } = writeVlmEvalKit(given, temporaryDirectory());
  const text = readFileSync(files[0]!.path, "utf8");
  return parse(text, { delimiter: "\t", columns: true }) as Record<string, string>[];
}

describe("files for VLMEvalKit", () => {
  test("have every cell as it is, and lists as text that Python reads", () => {
    const text = 'a "b"\tc\r\nd\n\ne ';
    const [row] = rowsOf(recorded([text], { skills: ["algebra", "a 'b'"], empty: null, year: 2004 }));
    expect(row).toEqual({
      index: "0",
      question: "How much?",
      answer: "3",
      skills: `["algebra","a 'b'"]`,
      empty: "",
      year: "2004",
      prediction: text,
    });
  });

  test.each([
    ["behind the thought", "<think>\nIs it 2? No.\n</think>\n\n3", "3", "Is it 2? No."],
    [
      "behind the last of several",
      "<think>1</think> 2 <think>3</think> 4",
      "4",
      "<think>1</think> 2 <think>3</think>",
    ],
    ["all of it where no thought ends", "<think>1", "<think>1", ""],
    ["nothing where nothing follows", "<think>1</think>", "", "1"],
  ])("have as prediction what is %s", (_, completion, prediction, thinking) => {
    const [row] = rowsOf(recorded([completion, "<think>so</think>x"]));
    expect(row).toMatchObject({ prediction, thinking });
  });

  test("lie where a run of the tool lies, under a name that paths can have", () => {
    const directory = temporaryDirectory();
    const now = new Date("2026-11-29T12:00:05.500Z");
    const { files, commands } = writeVlmEvalKit(recorded(["3"]), directory, { now });
    const path = join(directory, "weights-12-ab-c/T20261129-120005/weights-12-ab-c_ChartQA_TEST.tsv");
    expect(files).toEqual([{ path, model: "weights-12-ab-c", answers: 1 }]);
    expect(commands).toHaveLength(1);
  });
});

test("logs for lmms-eval have each document's reply as it is", () => {
  const given = recorded(["<think>1</think> 3", ""], { type: "human_test" });
  const { files, dataset } = writeLmmsEval(given, temporaryDirectory(), { model: "mine" });
  expect(dataset).toBe("chartqa");
  expect(JSON.parse(readFileSync(files[0]!.path, "utf8"))).toEqual({
    args: { model: "mine", model_args: "", limit: null },
    model_configs: { task: "chartqa" },
    logs: [
      { doc_id: 0, id: "0", target: ["3"], resps: [["<think>1</think> 3"]] },
      { doc_id: 1, id: "1", target: ["3"], resps: [[""]] },
    ],
  });
});
