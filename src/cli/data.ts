/**
 * @module
 * `fovea data check`: reads a whole data set and reports its contents and its broken rows.
 */
import { type Command, Option } from "commander";
import {
  type Config,
  fetchData,
  fetchModel,
  openConfiguredDialogue,
  openVerdict,
  problemLimits,
  resolveConfig,
} from "../config/index.ts";
import {
  type CheckOptions,
  checkSource,
  type DataCheck,
  type FileSource,
  type FileSplit,
  findFiles,
  openFileSource,
  type Problem,
  SPLITS,
} from "../data/index.ts";
import { ConfigError, DataError } from "../errors/index.ts";
import { type Dialogue, excessPixels } from "../eval/index.ts";
import type { CliContext } from "./context.ts";
import { checkText } from "./data-check-text.ts";
import { InterruptedRun } from "./interruption.ts";
import { refuseRunFile } from "./refuse-run-file.ts";
import { Reporter } from "./reporter.ts";
import { several } from "./several.ts";

interface CheckFlags {
  readonly model?: string;
  readonly split?: FileSplit;
  readonly set: readonly string[];
  readonly json?: boolean;
}

type FilesData = Extract<Config["data"], { kind: "files" }>;

/** Whether training would skip a problem. */
function isBeyond(data: FilesData, problem: Problem, tokens: number | undefined): boolean {
  const limits = problemLimits({ data });
  return excessPixels(problem, limits) !== undefined || (tokens ?? 0) > (limits.maxPromptTokens ?? Infinity);
}

/** Most rows that are listed whose references no answer can match. */
const NAMED_UNREACHABLE = 20;

/** A prompt as the model reads it: its text without special tokens, with placeholders for images and videos. */
export function promptText(dialogue: Dialogue, problem: Problem): string {
  const { chunks } = dialogue.prompt(problem);
  return chunks
    .map((chunk) => {
      if (chunk.kind === "text") return dialogue.text(chunk.tokens);
      if (chunk.kind === "image") return `[image ${chunk.image.width} x ${chunk.image.height}]`;
      return `[video of ${chunk.video.frames.length} frames]`;
    })
    .join("");
}

/** Statistics of a model's prompts and solutions; empty without a model. */
async function promptOptions(
  config: Config,
  reporter: Reporter,
  flags: CheckFlags,
): Promise<Pick<CheckOptions, "promptTokens" | "promptText" | "solutionTokens" | "maxCompletionTokens">> {
  if (flags.model === undefined) return {};
  const dialogue = await openConfiguredDialogue(await fetchModel(config, reporter.onEvent));
  return {
    promptTokens: (problem) => dialogue.promptTokens(dialogue.prompt(problem)),
    promptText: (problem) => promptText(dialogue, problem),
    solutionTokens: (solution) => dialogue.completionTokens(solution).length,
    maxCompletionTokens: config.sampling.maxCompletionTokens,
  };
}

async function checkSplit(
  split: FileSplit,
  source: FileSource,
  data: FilesData,
  options: CheckOptions,
  reporter: Reporter,
  context: CliContext,
): Promise<DataCheck> {
  const signal = context.interruption.listen("stopping before the end of the rows");
  let unreachable = 0;
  const check = await checkSource(source, {
    ...options,
    isFiltered: (problem, tokens) => isBeyond(data, problem, tokens),
    onBroken: (row) => {
      reporter.json({ event: "broken-row", split, ...row });
      reporter.text(`broken     ${row.message}\n`);
    },
    onDuplicate: (row) => {
      reporter.json({ event: "duplicate", split, ...row });
      reporter.text(`duplicate  ${row.place}: the same ${row.same} as ${row.as}\n`);
    },
    onUnreachable: (row) => {
      reporter.json({ event: "unreachable-reference", split, ...row });
      unreachable += 1;
      if (unreachable > NAMED_UNREACHABLE) return;
      const shown = JSON.stringify(row.reference.slice(0, 200));
      reporter.text(`reference  ${row.place}: no answer can match ${shown}: ${row.reason}\n`);
    },
    onProgress: (done, total) => reporter.bar.show({ label: "checking", done, total, facts: [] }),
    shouldStop: () => signal.aborted,
  });
  if (signal.aborted) throw new InterruptedRun("interrupted: not all rows were read");
  reporter.json({ event: "checked", split, ...check });
  reporter.text(checkText(split, check, options.maxCompletionTokens));
  return check;
}

async function checkData(path: string, flags: CheckFlags, context: CliContext): Promise<void> {
  await refuseRunFile(path);
  const model = flags.model === undefined ? {} : { model: flags.model };
  const config = resolveConfig({ preset: { data: { kind: "files", path }, ...model }, flags: flags.set });
  const { data: asked } = config;
  if (asked.kind !== "files")
    throw new ConfigError(`--set: expected settings of data.kind "files", got ${asked.kind}`);
  if (asked.maxPromptTokens !== undefined && flags.model === undefined)
    throw new ConfigError("data.maxPromptTokens: expected --model too, whose tokenizer counts the tokens");
  const reporter = new Reporter(context, flags.json ?? false);
  const { data } = await fetchData({ data: asked }, reporter.onEvent);
  const options = { ...(await promptOptions(config, reporter, flags)), verdict: await openVerdict(config) };
  const splits =
    flags.split === undefined
      ? SPLITS.filter((split) => findFiles(data, split) !== undefined)
      : [flags.split];
  if (splits.length === 0) splits.push("train");
  const checks: DataCheck[] = [];
  for (const split of splits) {
    const source = await openFileSource(data, split);
    checks.push(await checkSplit(split, source, data, options, reporter, context));
  }
  const rows = checks.reduce((sum, check) => sum + check.rows, 0);
  const broken = checks.reduce((sum, check) => sum + check.brokenRows, 0);
  if (broken > 0) throw new DataError(`${path}: ${broken} of ${rows} rows are broken`);
  reporter.json({ event: "finished", rows, brokenRows: broken });
}

/** Adds the arguments and the action of `fovea data`. */
export function configure(command: Command, context: CliContext): void {
  command
    .command("check")
    .description(
      "read every row, image and video, and show problems as they are read; exit status 1 when rows are broken",
    )
    .argument(
      "<path>",
      "a file or a directory: jsonl, json, parquet, TSV, or a folder of images with a csv; or org/name of the hub",
    )
    .addOption(new Option("--split <name>", "check only this part").choices([...SPLITS]))
    .option(
      "--model <model>",
      "show prompts and count their tokens with this model's tokenizer: a directory, or org/name of the hub",
    )
    .option(
      "--set <key=value>",
      "one setting of data, such as data.columns.answer=label; may be repeated",
      several,
      [],
    )
    .option("--json", "one JSON object a line on stdout")
    .action((path: string, flags: CheckFlags) => checkData(path, flags, context));
}
