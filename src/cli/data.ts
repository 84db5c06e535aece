/**
 * @module
 * `fovea data check`: reads a whole data set and reports what is in it and what is broken.
 */
import { type Command, Option } from "commander";
import {
  type Config,
  fetchData,
  fetchModel,
  openDialogue,
  problemLimits,
  resolveConfig,
} from "../config/index.ts";
import {
  checkSource,
  type DataCheck,
  type FileSource,
  type FileSplit,
  findFiles,
  openFileSource,
  type Problem,
  SPLITS,
  type Spread,
} from "../data/index.ts";
import { ConfigError, DataError } from "../errors/index.ts";
import { excessPixels, textTable } from "../eval/index.ts";
import type { CliContext } from "./context.ts";
import { InterruptedRun } from "./program.ts";
import { Reporter } from "./reporter.ts";

interface CheckFlags {
  readonly model?: string;
  readonly split?: FileSplit;
  readonly set: readonly string[];
  readonly json?: boolean;
}

type FilesData = Extract<Config["data"], { kind: "files" }>;

const shown = (value: number) => String(Math.round(10 * value) / 10);

function spreadText({ least, median, mean, greatest }: Spread): string {
  return `${shown(least)} to ${shown(greatest)}, median ${shown(median)}, mean ${shown(mean)}`;
}

/** A check as a few lines. */
function checkText(split: string, check: DataCheck): string {
  const { pixels, framePixels, videoFrames, questionCharacters, answerCharacters, promptTokens, kinds } =
    check;
  const names = Object.entries(kinds).map(([kind, count]) => `${kind} ${count}`);
  const more = names.length > 12 ? [`and ${names.length - 12} more kinds`] : [];
  const rows: [string, string][] = [
    [split, `${check.files} ${check.format} ${check.files === 1 ? "file" : "files"}`],
    ["rows", `${check.rows}, ${check.brokenRows} broken, ${check.filteredRows} beyond the limits`],
    ["images", `${check.images}, and ${check.problemsWithoutImage} problems without image or video`],
    ...(pixels ? [["pixels", spreadText(pixels)] as [string, string]] : []),
    ...(videoFrames ? [["videos", String(check.videos)] as [string, string]] : []),
    ...(videoFrames ? [["frames of a video", spreadText(videoFrames)] as [string, string]] : []),
    ...(framePixels ? [["pixels of a frame", spreadText(framePixels)] as [string, string]] : []),
    ...(questionCharacters
      ? [["question characters", spreadText(questionCharacters)] as [string, string]]
      : []),
    ...(answerCharacters ? [["answer characters", spreadText(answerCharacters)] as [string, string]] : []),
    ...(promptTokens ? [["prompt tokens", spreadText(promptTokens)] as [string, string]] : []),
    ["kinds", [...names.slice(0, 12), ...more].join(", ")],
    ["duplicates", `${check.duplicateIds} by id, ${check.duplicateContents} by content`],
    ["fingerprint", check.fingerprint],
  ];
  return `${textTable(rows)}\n`;
}

/** Whether training would leave a problem out. */
function isBeyond(data: FilesData, problem: Problem, tokens: number | undefined): boolean {
  const limits = problemLimits({ data });
  return excessPixels(problem, limits) !== undefined || (tokens ?? 0) > (limits.maxPromptTokens ?? Infinity);
}

async function promptCounter(config: Config, reporter: Reporter, flags: CheckFlags) {
  if (flags.model === undefined) return undefined;
  const dialogue = await openDialogue(await fetchModel(config, reporter.onEvent));
  return (problem: Problem) => dialogue.promptTokens(dialogue.prompt(problem));
}

async function checkSplit(
  split: FileSplit,
  source: FileSource,
  data: FilesData,
  promptTokens: ((problem: Problem) => number) | undefined,
  reporter: Reporter,
  context: CliContext,
): Promise<DataCheck> {
  const check = await checkSource(source, {
    promptTokens,
    isFiltered: (problem, tokens) => isBeyond(data, problem, tokens),
    onBroken: (row) => {
      reporter.json({ event: "broken-row", split, ...row });
      reporter.text(`broken     ${row.message}\n`);
    },
    onDuplicate: (row) => {
      reporter.json({ event: "duplicate", split, ...row });
      reporter.text(`duplicate  ${row.place}: the same ${row.same} as ${row.as}\n`);
    },
    onProgress: (done, total) => reporter.bar.show({ label: "checking", done, total, facts: [] }),
    shouldStop: () => context.interruption.signal.aborted,
  });
  if (context.interruption.signal.aborted) throw new InterruptedRun("interrupted: not all rows were read");
  reporter.json({ event: "checked", split, ...check });
  reporter.text(checkText(split, check));
  return check;
}

async function checkData(path: string, flags: CheckFlags, context: CliContext): Promise<void> {
  const model = flags.model === undefined ? {} : { model: flags.model };
  const config = resolveConfig({ preset: { data: { kind: "files", path }, ...model }, flags: flags.set });
  const { data: asked } = config;
  if (asked.kind !== "files")
    throw new ConfigError(`--set: expected settings of data.kind "files", got ${asked.kind}`);
  if (asked.maxPromptTokens !== undefined && flags.model === undefined)
    throw new ConfigError("data.maxPromptTokens: expected --model beside it, whose tokens are counted");
  const reporter = new Reporter(context, flags.json ?? false);
  const { data } = await fetchData({ data: asked }, reporter.onEvent);
  const promptTokens = await promptCounter(config, reporter, flags);
  const splits =
    flags.split === undefined
      ? SPLITS.filter((split) => findFiles(data, split) !== undefined)
      : [flags.split];
  if (splits.length === 0) splits.push("train");
  const checks: DataCheck[] = [];
  for (const split of splits) {
    const source = await openFileSource(data, split);
    checks.push(await checkSplit(split, source, data, promptTokens, reporter, context));
  }
  const rows = checks.reduce((sum, check) => sum + check.rows, 0);
  const broken = checks.reduce((sum, check) => sum + check.brokenRows, 0);
  if (broken > 0) throw new DataError(`${path}: ${broken} of ${rows} rows are broken`);
  reporter.json({ event: "finished", rows, brokenRows: broken });
}

/** Adds what `fovea data` takes and does. */
export function configure(command: Command, context: CliContext): void {
  command
    .command("check")
    .description("read every row, image and video; status 1 when rows are broken")
    .argument(
      "<path>",
      "a file or a directory: jsonl, json, parquet, TSV, or a folder of images with a csv; or org/name of the hub",
    )
    .addOption(new Option("--split <name>", "this part only").choices([...SPLITS]))
    .option("--model <model>", "count prompt tokens as this model does: a directory, or org/name of the hub")
    .option(
      "--set <key=value>",
      "one setting of data, such as data.columns.answer=label; may be repeated",
      (flag: string, before: readonly string[]) => [...before, flag],
      [],
    )
    .option("--json", "one JSON object a line on stdout")
    .action((path: string, flags: CheckFlags) => checkData(path, flags, context));
}
