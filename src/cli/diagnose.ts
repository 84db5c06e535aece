/**
 * @module
 * `fovea diagnose`: how a model's attention relates to the roles and the correctness of its tokens.
 */
import { basename, normalize, sep } from "node:path";
import { type Command, Option } from "commander";
import {
  type Config,
  fetchModel,
  openConfiguredDialogue,
  openEngine,
  openParts,
  resolveConfig,
} from "../config/index.ts";
import { SPLITS, splitSource } from "../data/index.ts";
import {
  diagnose,
  type ModelDiagnosis,
  recordedAnswers,
  reportText,
  sampledAnswers,
  writeReport,
} from "../diagnose/index.ts";
import { ConfigError } from "../errors/index.ts";
import { areDistinctPlaces, requireWritableDirectory } from "../files/index.ts";
import type { Settings } from "../parts/index.ts";
import { describeEnvironment } from "../train/index.ts";
import { connectionOf } from "./connection.ts";
import type { CliContext } from "./context.ts";
import {
  type DiagnoseFlags,
  isStrength,
  numberList,
  placeList,
  positiveNumber,
  requireSites,
  sitesOf,
} from "./diagnose-flags.ts";
import { labelledSubject, type Subject, sampledSubject } from "./diagnose-subject.ts";
import { downloadBar, partsOptions } from "./download-bar.ts";
import { exportSpans } from "./export-spans.ts";
import { InterruptedRun } from "./interruption.ts";
import { loadAdapter, type NamedModel, namedModel, refuseModelSetting } from "./named-model.ts";
import { ProgressBar } from "./progress.ts";
import { refuseOptions } from "./refuse-options.ts";
import { several } from "./several.ts";
import { countNumber, runDirectoryFor, wholeNumber } from "./shared-options.ts";

/** Options that the template of export-spans does not have. */
const OF_DIAGNOSIS = [
  ...["against", "split", "labels", "data", "layers", "heads", "lambda", "candidates", "resamples"],
  ...["set", "json"],
];

/** Default number of sampled completions. */
const SAMPLED = 2000;

/**
 * The configuration of a named model with the data for its diagnosis. The split and the seed of `--set` count where no flag
 * of their own is given.
 *
 * @throws ConfigError when `--set` names a model, or another split than that of rollouts
 */
function configOf(
  { settings }: NamedModel,
  { data, split, isSplitFixed }: Subject,
  { set, seed, split: givenSplit }: DiagnoseFlags,
): Config {
  const {
    data: runData,
    model,
    ...rest
  } = settings as { readonly data?: Settings; readonly model: Settings };
  refuseModelSetting(set);
  const config = resolveConfig({
    base: { ...rest, model, data: runData?.["kind"] === data ? runData : data },
    preset: { evaluation: { split, seed: 0 } },
    flags: set,
    overrides: {
      evaluation: {
        ...(givenSplit !== undefined && { split: givenSplit }),
        ...(seed !== undefined && { seed }),
      },
    },
  });
  if (isSplitFixed === true && config.evaluation.split !== split) {
    throw new ConfigError(
      `evaluation.split: rollouts of a run answer problems of its split ${split}, got ${config.evaluation.split}`,
    );
  }
  return config;
}

async function diagnoseModel(
  name: string,
  model: NamedModel,
  given: Config,
  { recorded }: Subject,
  flags: DiagnoseFlags,
  context: CliContext,
): Promise<ModelDiagnosis> {
  const config = await fetchModel(given, downloadBar(context));
  const { task, verdict, limits, maxBrokenShare } = await openParts(config, partsOptions(context));
  const { split, seed } = config.evaluation;
  const source = await splitSource(task, split);
  const dialogue = await openConfiguredDialogue(config);
  const bar = new ProgressBar(context);
  const engine = await (context.openEngine ?? openEngine)(config, connectionOf(context));
  const signal = context.interruption.listen("stopping; nothing is written");
  const { batchSize } = config.evaluation;
  try {
    await loadAdapter(engine, model);
    const sites = sitesOf(flags);
    await requireSites(sites, engine);
    const { temperature, topP, topK, maxCompletionTokens } = config.sampling;
    const answers =
      recorded === undefined
        ? sampledAnswers({
            engine,
            dialogue,
            source,
            problems: flags.problems ?? SAMPLED,
            sampling: { temperature, topP, topK, maxCompletionTokens },
            seed,
            batchSize,
            limits,
            maxBrokenShare,
          })
        : recordedAnswers(recorded.completions, { source, dialogue, batchSize });
    const found = await diagnose({
      engine,
      dialogue,
      name,
      answers,
      verdict,
      labels: recorded?.labels ?? task.labels,
      agreement: recorded?.labels.agreement,
      seed,
      sites,
      lambdas: flags.lambda,
      candidates: flags.candidates,
      bootstrap: { resamples: flags.resamples },
      onPhase: (phase, done, total) => bar.show({ label: `${name}, ${phase}`, done, total, facts: [] }),
      shouldStop: () => signal.aborted,
    });
    if (signal.aborted) throw new InterruptedRun("interrupted: nothing was written");
    return found;
  } finally {
    await engine.close();
  }
}

/** Short distinct names of the models: the shortest ends of their paths that differ. */
export function shortNames(models: readonly string[]): string[] {
  const parts = models.map((model) => normalize(model).split(sep).filter(Boolean));
  const longest = Math.max(...parts.map(({ length }) => length));
  for (let count = 1; count <= longest; count++) {
    const names = parts.map((own) => own.slice(-count).join("/"));
    if (new Set(names).size === models.length) return names;
  }
  return [...models];
}

async function run(model: string, data: string, flags: DiagnoseFlags, context: CliContext): Promise<void> {
  const models = [model, ...flags.against];
  if (!areDistinctPlaces(models)) {
    throw new ConfigError(`--against: expected other models, got ${models.join(" ")}`);
  }
  const subject = data === "labels" ? await labelledSubject(model, flags) : sampledSubject(data, flags);
  const named = models.map(namedModel);
  const configs = named.map((one) => configOf(one, subject, flags));
  const names = models.length === 1 ? [basename(normalize(model))] : shortNames(models);
  const directory = runDirectoryFor(
    "diagnose",
    flags.out === undefined ? { set: [] } : { set: [], runDir: flags.out },
  );
  requireWritableDirectory(directory);
  const found: ModelDiagnosis[] = [];
  for (const [i, config] of configs.entries()) {
    found.push(await diagnoseModel(names[i]!, named[i]!, config, subject, flags, context));
  }
  const { commit, fovea } = describeEnvironment();
  const { set, json, out: _out, problems = SAMPLED, ...settings } = flags;
  const { recorded } = subject;
  const { split, seed } = configs[0]!.evaluation;
  const count = recorded === undefined ? { problems } : { recorded: recorded.completions.length };
  const report = { event: "finished", directory, models: found };
  // The diagnosis is out before a full disk can lose it.
  context.stdout(json === true ? `${JSON.stringify(report)}\n` : reportText(found));
  writeReport(directory, found, { fovea, commit, model, data, ...settings, ...count, split, seed, set });
  if (json !== true) context.stdout(`\nwritten to ${directory}\n`);
}

/** Adds the arguments and the action of `fovea diagnose`. */
export function configure(command: Command, context: CliContext): void {
  command
    .argument("<model>", "a run directory, a model directory, or org/name[@revision] of the hub")
    .argument(
      "<data>",
      "a built-in task by name or the path of a data set, to sample on; labels: recorded completions with --labels; " +
        "export-spans: recorded completions as a template for annotators",
    )
    .option(
      "--against <model...>",
      "other models to diagnose the same way and compare, such as the starting model",
      [],
    )
    .addOption(
      new Option("--split <name>", "the part of the data; default: test, or train for rollouts").choices([
        ...SPLITS,
      ]),
    )
    .option(
      "--problems <n>",
      `completions to sample, one a problem (default ${SAMPLED}), or to write as a template (default 100)`,
      positiveNumber,
    )
    .option("--labels <file>", "annotations of recorded completions: JSON lines, docs/diagnosis.md")
    .option(
      "--completions <path>",
      "recorded completions: a JSON-lines file or a run directory; default: the model's",
    )
    .option("--data <data>", "the problems of the recorded completions; default: the run's data")
    .option("--seed <n>", "seed of problems, sampling and intervals; default: 0", wholeNumber)
    .addOption(
      new Option(
        "--layers <which>",
        "layers to amplify attention in: last, all, none, or numbers from 0 separated by commas; may be repeated",
      ).argParser<readonly string[]>((value, before) => {
        if (!["last", "all", "none"].includes(value)) placeList(value);
        return several(value, before);
      }),
    )
    .option("--heads <list>", "heads to amplify, numbers from 0; default: all", placeList)
    .option(
      "--lambda <list>",
      "strengths of amplification (λ)",
      numberList(isStrength, "numbers above 0"),
      [0.5, 1, 2, 4, 8, 16, 32, 64],
    )
    .option("--candidates <n>", "most tokens of each class to intervene on", countNumber, 400)
    .option("--resamples <n>", "draws of the bootstrap", positiveNumber, 1000)
    .option("--set <key=value>", "one setting of the configuration; may be repeated", several, [])
    .option(
      "--out <path>",
      "directory of the report, default runs/diagnose-<time>; of a template its file, default stdout",
    )
    .option("--json", "print the diagnosis as one JSON object on stdout")
    .action((model: string, data: string, flags: Omit<DiagnoseFlags, "layers"> & { layers?: string[] }) => {
      const whole = { ...flags, layers: flags.layers ?? ["last", "all"] };
      if (data !== "export-spans") return run(model, data, whole, context);
      refuseOptions(command, OF_DIAGNOSIS, "needs a diagnosis; export-spans only writes completions");
      return exportSpans(model, whole, context);
    });
}
