import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { writeRows, writeTable } from "../testing/benchmark-files.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

async function fovea(...words: string[]) {
  const { context, stdout, stderr } = collectingContext({});
  return { status: await runCommandLine(words, context), stdout: stdout(), stderr: stderr() };
}

/** An evaluation that a tool has scored: see fixtures/predictions/record.py. */
interface Recorded {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly answers: string;
  readonly dataset: string;
  /** File name of each sample. */
  readonly sha256: readonly string[];
  /** The tool's numbers for each sample, by Fovea's names. */
  readonly scores: readonly Readonly<Record<string, number>>[];
}

const FIXTURES = new URL("../../fixtures/predictions/", import.meta.url);
const TOOLS = [
  { tool: "vlmevalkit", flag: "--vlmevalkit" },
  { tool: "lmms-eval", flag: "--lmms-eval" },
] as const;

const recordings = TOOLS.flatMap(({ tool, flag }) =>
  readdirSync(new URL(tool, FIXTURES)).map((file) => {
    const packed = readFileSync(new URL(`${tool}/${file}`, FIXTURES));
    const recorded = JSON.parse(gunzipSync(packed).toString("utf8")) as Recorded;
    return { tool, flag, kind: recorded.kind, recorded };
  }),
);

function answersFile(text: string): string {
  const path = join(temporaryDirectory(), "answers.jsonl");
  writeFileSync(path, text);
  return path;
}

const recordOf = (tool: string, kind: string) =>
  recordings.find((one) => one.tool === tool && one.kind === kind)!.recorded;

type Line = Readonly<Record<string, unknown>>;
const linesOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
const textOf = (lines: readonly Line[]) => `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`;

/** The rows of recorded answers as the tool publishes them, for measures that need the files. */
function publishedRows(tool: string, { kind, dataset, answers }: Recorded): Promise<string> {
  const rows = linesOf(answers)
    .filter(({ sample }) => sample === 0)
    .map(({ columns }) => columns as Line);
  if (tool === "vlmevalkit") return writeTable(`${dataset}.tsv`, rows);
  const splits: Readonly<Record<string, string>> = { mmstar: "val", mmbench: "dev", docvqa: "validation" };
  return writeRows(`${splits[kind] ?? "test"}-00000-of-00001.parquet`, rows);
}

describe.each(recordings)("$kind for $tool", ({ tool, flag, recorded }) => {
  test("the files equal the files that the tool has scored", async () => {
    const out = join(temporaryDirectory(), "predictions");
    const { status, stdout } = await fovea("export", flag, answersFile(recorded.answers), out, "--json");
    expect(status).toBe(0);
    const written = JSON.parse(stdout) as { readonly dataset: string; readonly files: { path: string }[] };
    expect(written.dataset).toBe(recorded.dataset);
    const hashes = written.files.map(({ path }) =>
      createHash("sha256").update(readFileSync(path)).digest("hex"),
    );
    expect(hashes).toEqual(recorded.sha256);
  });

  test("the scorer in Fovea gives the tool's numbers", async () => {
    const { kind, options, answers, scores } = recorded;
    const data = await publishedRows(tool, recorded);
    const benchmarks = JSON.stringify([{ kind, ...options, scorer: tool, data }]);
    const words = ["score", answersFile(answers), "--set", `evaluation.benchmarks=${benchmarks}`, "--json"];
    const { status, stdout } = await fovea(...words);
    expect(status).toBe(0);
    const { measures } = JSON.parse(stdout) as {
      readonly measures: Readonly<
        Record<string, { readonly value: number; readonly samples?: readonly number[] }>
      >;
    };
    const ours = (name: string, sample: number) =>
      measures[name]?.samples?.[sample] ?? (sample === 0 ? measures[name]?.value : undefined);
    for (const [sample, measured] of scores.entries()) {
      const found = Object.keys(measured).map((name) => [name, ours(name, sample) ?? null]);
      const rounded = (entries: readonly (readonly [string, unknown])[]) =>
        Object.fromEntries(
          entries.map(([name, value]) => [
            name,
            typeof value === "number" ? Number(value.toFixed(9)) : value,
          ]),
        );
      expect(rounded(found as [string, unknown][])).toEqual(rounded(Object.entries(measured)));
    }
  });
});

describe("fovea export of predictions", () => {
  test("prints the files written and the tool's command that scores them", async () => {
    const out = join(temporaryDirectory(), "predictions");
    const answers = answersFile(recordOf("vlmevalkit", "pope").answers);
    const { stdout, stderr } = await fovea(
      "export",
      "--vlmevalkit",
      answers,
      out,
      "--model-name",
      "My model 2.5/VL",
    );
    expect(stderr).toBe("");
    expect(stdout).toMatch(
      /My-model-2\.5-VL-sample-1\/T\d{8}-\d{6}\/My-model-2\.5-VL-sample-1_POPE\.tsv: 72 answers/,
    );
    expect(stdout).toContain(
      `PRED_FORMAT=tsv python run.py --mode eval --work-dir ${out} --model My-model-2.5-VL-sample-0 --data POPE`,
    );
    const logs = join(temporaryDirectory(), "logs");
    const answered = answersFile(recordOf("lmms-eval", "mmbench").answers);
    const other = await fovea("export", "--lmms-eval", answered, logs, "--dataset", "mmbench_en_dev");
    expect(other.stdout).toContain(
      `python -m lmms_eval --model from_log --model_args logs=${logs} --tasks mmbench_en_dev\n`,
    );
    expect(existsSync(join(logs, "mmbench_en_dev.json"))).toBe(true);
  });

  test("never writes over a file", async () => {
    const out = join(temporaryDirectory(), "predictions");
    const answers = answersFile(recordOf("lmms-eval", "mmstar").answers);
    expect(await fovea("export", "--lmms-eval", answers, out)).toMatchObject({ status: 0 });
    const again = await fovea("export", "--lmms-eval", answers, out);
    expect(again).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("mmstar.json: exists already"),
    });
  });

  test("counts rows without a problem and an incomplete last line", async () => {
    const { answers } = recordOf("vlmevalkit", "mmstar");
    const skipped = JSON.stringify({ event: "skipped", index: 60, isBroken: true, message: "is broken" });
    const path = answersFile(`${answers}${skipped}\n{"problem":"6`);
    const { status, stderr } = await fovea("export", "--vlmevalkit", path, join(dirname(path), "out"));
    expect(status).toBe(0);
    expect(stderr).toContain("skipped an incomplete last line");
    expect(stderr).toContain("1 rows without a problem have no prediction");
  });

  test.each([
    [
      "a benchmark that the tool lacks",
      "vqav2",
      "no data set is known for the benchmark vqav2; expected one of mmb",
    ],
    ["a user's benchmark", "brighter", "no data set is known for the benchmark brighter"],
  ])("refuses %s by name", async (_, benchmark, message) => {
    const [header, ...lines] = linesOf(recordOf("vlmevalkit", "mmstar").answers);
    const path = answersFile(textOf([{ ...header, benchmark }, ...lines]));
    const { status, stderr } = await fovea("export", "--vlmevalkit", path, temporaryDirectory());
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(message) });
  });

  test("refuses answers to another tool's rows, naming the missing columns", async () => {
    const path = answersFile(recordOf("lmms-eval", "chartqa").answers);
    const { status, stderr } = await fovea("export", "--vlmevalkit", path, temporaryDirectory());
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining(
        "rows of another file than ChartQA_TEST's: they lack the columns index",
      ),
    });
  });

  test("asks for the data set when the answers do not identify it", async () => {
    const [header, ...lines] = linesOf(recordOf("vlmevalkit", "mmbench").answers);
    const { options, ...plain } = header as Line & { readonly options: Line };
    const path = answersFile(textOf([plain, ...lines]));
    const unsaid = await fovea("export", "--vlmevalkit", path, temporaryDirectory());
    expect(unsaid).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("--dataset: expected one of MMBench_DEV_EN, MMBench_DEV_CN"),
    });
    const chinese = answersFile(textOf([{ ...plain, options: { ...options, split: "dev-cn" } }, ...lines]));
    const wrong = await fovea(
      "export",
      "--vlmevalkit",
      chinese,
      temporaryDirectory(),
      "--dataset",
      "MMBench_DEV_EN",
    );
    expect(wrong).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("expected one of MMBench_DEV_CN"),
    });
  });

  test("refuses answers for lmms-eval that lack a document, and accepts a prefix", async () => {
    const lines = linesOf(recordOf("lmms-eval", "mmstar").answers);
    const without = answersFile(textOf(lines.filter(({ index }) => index !== 3 && index !== 8)));
    const { status, stderr } = await fovea("export", "--lmms-eval", without, temporaryDirectory());
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining("the documents 0 to 59, and 2 of them have no answer: 3, 8"),
    });
    const first = answersFile(
      textOf(lines.filter(({ index }) => index === undefined || (index as number) < 10)),
    );
    const { stdout } = await fovea("export", "--lmms-eval", first, temporaryDirectory());
    expect(stdout).toContain("mmstar.json: 10 answers");
  });

  test.each([
    [["--vlmevalkit", "--lmms-eval"], "cannot be used with"],
    [["--vlmevalkit", "--onnx"], "cannot be used with"],
    [["--dataset", "MMStar"], "--dataset: needs --vlmevalkit or --lmms-eval"],
  ])("refuses %s as wrong usage", async (flags, message) => {
    const { status, stderr } = await fovea("export", "answers.jsonl", "out", ...flags);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(message) });
  });
});
