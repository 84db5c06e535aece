/**
 * @module
 * `fovea credit`: each token's credit by any methods, on recorded signals or on completions of a model.
 */
import type { Command } from "commander";
import { type Config, openCredit, openParts } from "../config/index.ts";
import type { CompletionCredit, CreditMethod } from "../credit/index.ts";
import { type Completion, sampledGroups } from "../engine/index.ts";
import { firstQuestions, RowTally, textTable } from "../eval/index.ts";
import type { CliContext } from "./context.ts";
import { creditMethodsByName, creditWeights } from "./credit-weights.ts";
import { partsOptions } from "./download-bar.ts";
import { readRecordedSignals } from "./recorded-signals.ts";
import { refuseOptions } from "./refuse-options.ts";
import { Reporter } from "./reporter.ts";
import { dryRunText } from "./shared-options.ts";
import { splitProblems } from "./split-problems.ts";
import { addTrainedOptions, type TrainedOptions, trainedConfig, withTrainedModel } from "./trained-model.ts";

interface CreditOptions extends TrainedOptions {
  readonly methods?: string;
  readonly signals?: string;
  readonly completion?: string;
}

/** One completion with the credit of each method, by name. */
interface Credited {
  readonly title: string;
  readonly texts: readonly string[];
  readonly credits: ReadonlyMap<string, CompletionCredit>;
}

async function creditRecorded(path: string, methods: ReadonlyMap<string, CreditMethod>): Promise<Credited[]> {
  const groups = await readRecordedSignals(path);
  const inputs = groups.map((group) => group.map(({ completion }) => completion));
  const found = [...methods].map(([name, method]) => [name, method.credit(inputs)] as const);
  return groups.flatMap((group, p) =>
    group.map(({ texts, completion: { mask } }, g) => ({
      title: `group ${p}, completion ${g}`,
      texts: texts ?? Array.from(mask, (_, t) => String(t)),
      credits: new Map(found.map(([name, credits]) => [name, credits[p]![g]!])),
    })),
  );
}

async function creditSampled(
  config: Config,
  options: CreditOptions,
  methods: ReadonlyMap<string, CreditMethod>,
  context: CliContext,
): Promise<Credited[]> {
  const { split, problems } = config.evaluation;
  const { temperature } = config.sampling;
  const { task, limits, maxBrokenShare } = await openParts(config, partsOptions(context));
  const source = await splitProblems(task, split);
  return withTrainedModel(config, options.runDir, context, async ({ engine, dialogue }) => {
    const tally = new RowTally(maxBrokenShare, source.size);
    const questions = await firstQuestions({ source, dialogue, limits }, tally, problems);
    const prompts = questions.map(({ prompt }) => prompt);
    const completions =
      options.completion === undefined
        ? await sampledGroups(engine, {
            ...config.sampling,
            prompts,
            groupSize: 1,
            stopTokens: dialogue.stopTokens,
            seed: config.train.seed,
          })
        : await Promise.all(
            prompts.map(async (prompt): Promise<Completion[]> => {
              const tokens = dialogue.completionTokens(options.completion ?? "");
              const [score] = await engine.score([{ prompt, completion: tokens }], {
                temperature,
                entropy: true,
              });
              const { logprobs, entropy = new Float64Array(tokens.length).fill(Number.NaN) } = score!;
              return [{ tokens, logprobs, entropy, stopReason: "stop" }];
            }),
          );
    const answers = completions.map(([completion], i) => ({
      prompt: prompts[i]!,
      completion: completion!,
      labels: task.labels?.label(questions[i]!.problem, dialogue.tokenTexts(completion!.tokens)),
    }));
    const found = new Map<string, CompletionCredit[]>();
    for (const [name, method] of methods) {
      found.set(name, await creditWeights(engine, method, temperature, answers));
    }
    return answers.map(({ completion }, i) => ({
      title: questions[i]!.problem.question,
      texts: dialogue.tokenTexts(completion.tokens),
      credits: new Map([...found].map(([name, credits]) => [name, credits[i]!])),
    }));
  });
}

/** A table with tokens as rows and methods as columns; a method that assigns roles shows them beside the weights. */
function creditText({ title, texts, credits }: Credited): string {
  const lines = [
    ["token", ...credits.keys()],
    ...texts.map((text, t) => [
      JSON.stringify(text),
      ...[...credits.values()].map(({ weights, roles }) =>
        [weights[t]!.toFixed(3), ...(roles ? [roles[t]!] : [])].join(" "),
      ),
    ]),
  ];
  return `${title}\n${textTable(lines)}\n`;
}

/** Typed arrays as lists. */
function plain(credit: CompletionCredit): object {
  return Object.fromEntries(
    Object.entries(credit).map(([name, value]) => [
      name,
      ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
    ]),
  );
}

async function showCredit(
  file: string | undefined,
  options: CreditOptions,
  context: CliContext,
  command: Command,
): Promise<void> {
  if (options.signals !== undefined) {
    refuseOptions(
      command,
      ["completion", "split", "problems"],
      "needs a model in place of --signals, which has completions of its own",
    );
  }
  const config = await trainedConfig(file, { ...options, problems: options.problems ?? 1 });
  if (options.dryRun === true) {
    context.stdout(dryRunText(config, options.json ?? false));
    return;
  }
  const configured = await openCredit(config);
  const methods =
    options.methods === undefined
      ? new Map([[configured.name ?? "own", configured]])
      : creditMethodsByName(options.methods, configured);
  const credited =
    options.signals === undefined
      ? await creditSampled(config, options, methods, context)
      : await creditRecorded(options.signals, methods);
  const reporter = new Reporter(context, options.json ?? false);
  for (const one of credited) {
    const credits = Object.fromEntries([...one.credits].map(([name, credit]) => [name, plain(credit)]));
    reporter.json({ event: "credit", title: one.title, tokens: one.texts, credits });
  }
  reporter.text(credited.map(creditText).join("\n"));
}

/** Adds the arguments and the action of `fovea credit`. */
export function configure(command: Command, context: CliContext): void {
  addTrainedOptions(command)
    .option("--methods <names>", "credit methods, separated by commas; default: the configuration's")
    .option("--signals <file>", "recorded signals, JSON, in place of a model")
    .option("--completion <text>", "credit this answer in place of a sampled one")
    .action((file: string | undefined, options: CreditOptions) =>
      showCredit(file, options, context, command),
    );
}
