/**
 * @module
 * `fovea demo`: the whole path in minutes. Warm start, accuracy on held-out problems, reinforcement learning, accuracy
 * again, and completions before and after with each token's role.
 */
import { type Command, Option } from "commander";
import { evaluatedParts, type Opened, openParts, runTraining } from "../config/index.ts";
import { splitSource } from "../data/index.ts";
import { shellWord } from "../files/index.ts";
import { evaluationRecord } from "../train/index.ts";
import type { CliContext } from "./context.ts";
import { InterruptedRun } from "./interruption.ts";
import {
  completionLegend,
  completionText,
  type LabelledCompletion,
  labelledCompletions,
} from "./labelled-completion.ts";

import { Reporter, shareText } from "./reporter.ts";
import { several } from "./several.ts";
import { configFrom, dryRunText, runDirectoryFor, wholeNumber } from "./shared-options.ts";

interface DemoOptions {
  readonly quick?: boolean;
  readonly seed?: number;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly runDir?: string;
  readonly credit?: string;
  readonly set: readonly string[];
}

/** Number of problems answered for display, and number shown. */
const CANDIDATES = 24;
const SHOWN = 3;

/** Explains a quick demo without a gain. */
const TOO_SHORT =
  "no gain: --quick runs every stage but is too short to learn; fovea demo takes minutes and does gain";

/** Pairs of completions; pairs that went from wrong to right come first. */
function pickPairs(before: readonly LabelledCompletion[], after: readonly LabelledCompletion[]) {
  const pairs = before.flatMap((first, i) => {
    const second = after[i];
    return second === undefined ? [] : [{ before: first, after: second }];
  });
  const gain = (pair: (typeof pairs)[number]) => Number(pair.after.isRight) - Number(pair.before.isRight);
  return pairs.sort((a, b) => gain(b) - gain(a)).slice(0, SHOWN);
}

async function demonstrate(options: DemoOptions, context: CliContext): Promise<void> {
  const { quick = false, json = false, credit } = options;
  const config = await configFrom(
    undefined,
    { ...options, preset: quick ? "digits-quick" : "digits" },
    { extra: { evaluation: { split: "test" }, ...(credit !== undefined && { credit }) } },
  );
  if (options.dryRun === true) {
    context.stdout(dryRunText(config, json));
    return;
  }
  const reporter = new Reporter(context, json);
  const runDirectory = runDirectoryFor("demo", options);
  const signal = context.interruption.listen("stopping after a checkpoint");
  const parts = await openParts(config);
  const source = await splitSource(parts.task, "test");
  const measure = async (opened: Opened, iteration: number) => {
    const record = await evaluationRecord(
      evaluatedParts(parts, opened),
      { iteration, split: "test", problems: config.evaluation.problems, source },
      { onProgress: reporter.onEvaluation, shouldStop: () => signal.aborted },
    );
    reporter.onEvent(record);
    const greedy = { temperature: 0, seed: 0, batchSize: CANDIDATES };
    const shown: LabelledCompletion[] = [];
    for await (const one of labelledCompletions(parts, { ...opened, source }, CANDIDATES, greedy))
      shown.push(one);
    return { record, shown };
  };
  let before: Awaited<ReturnType<typeof measure>> | undefined;
  let after: Awaited<ReturnType<typeof measure>> | undefined;
  const result = await runTraining(
    {
      config,
      runDirectory,
      onEvent: reporter.onEvent,
      signal,
      clock: context.clock,
      ...(context.openEngine && { openEngine: context.openEngine }),
    },
    {
      beforeLearning: async (opened) => {
        before = await measure(opened, 0);
      },
      afterLearning: async (opened) => {
        after = await measure(opened, config.train.iterations ?? 0);
      },
    },
  );
  if (result.status === "interrupted" || signal.aborted || before === undefined || after === undefined) {
    reporter.json({ event: "interrupted", completed: result.completed, runDirectory });
    throw new InterruptedRun(
      `interrupted; continue with: fovea train --resume --run-dir ${shellWord(runDirectory)}`,
    );
  }
  reporter.text(completionLegend(context.hasColour));
  for (const pair of pickPairs(before.shown, after.shown)) {
    reporter.json({
      event: "completion",
      question: pair.before.problem.question,
      answers: pair.before.problem.answers,
      before: pair.before.text,
      after: pair.after.text,
    });
    reporter.text(`\n${pair.before.problem.question}\n`);
    reporter.text(`before\n${completionText(pair.before, context.hasColour)}`);
    reporter.text(`after\n${completionText(pair.after, context.hasColour)}`);
  }
  const accuracyBefore = before.record.accuracy;
  const accuracyAfter = after.record.accuracy;
  const { problems } = after.record;
  reporter.text(
    [
      "",
      `accuracy on ${problems} held-out problems, Wilson 95 %`,
      `  before  ${shareText({ ...before.record, share: accuracyBefore })}`,
      `  after   ${shareText({ ...after.record, share: accuracyAfter })}`,
      ...(quick && accuracyAfter <= accuracyBefore ? [TOO_SHORT] : []),
      `run directory  ${runDirectory}`,
      "",
    ].join("\n"),
  );
  reporter.json({ event: "finished", accuracyBefore, accuracyAfter, problems, runDirectory });
}

/** Adds the arguments and the action of `fovea demo`. */
export function configure(command: Command, context: CliContext): void {
  command
    .option("--quick", "the same path in under a minute")
    .addOption(new Option("--credit <kind>", "credit method").choices(["dyco-rl", "uniform", "constant"]))
    .option("--seed <n>", "seed of weights, data order and sampling", wholeNumber)
    .option("--set <key=value>", "one setting, dotted; may be repeated", several, [])
    .option("--run-dir <path>", "directory of the run; default: runs/demo-<time>")
    .option("--dry-run", "print the resolved configuration and exit")
    .option("--json", "one JSON object a line on stdout")
    .action((options: DemoOptions) => demonstrate(options, context));
}
