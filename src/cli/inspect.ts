/**
 * @module
 * `fovea inspect`: a model's answer to a question about images and videos, token by token, as text, JSON or a page.
 */
import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import {
  type Config,
  fetchModel,
  openConfiguredDialogue,
  openCredit,
  openEngine,
  openVerdict,
  resolveConfig,
} from "../config/index.ts";
import { pictures, SPLITS } from "../data/index.ts";
import { type Completion, type Engine, type Prompt, sampledGroups } from "../engine/index.ts";
import { ConfigError } from "../errors/index.ts";
import type { Dialogue } from "../eval/index.ts";
import { requireWritableFile, writeOutput } from "../files/index.ts";
import {
  answerToken,
  everyMethod,
  type InspectionPage,
  inspectCompletion,
  inspectionPage,
  inspectionText,
  spokenToken,
  tokenSentence,
  verdictSentence,
} from "../inspect/index.ts";
import type { RgbImage } from "../model/index.ts";
import { connectionOf } from "./connection.ts";
import type { CliContext } from "./context.ts";
import { creditMethodsByName } from "./credit-weights.ts";
import { downloadBar } from "./download-bar.ts";
import { type SubjectFlags, subjectOf } from "./inspect-subject.ts";
import { loadAdapter, namedModel, refuseModelSetting } from "./named-model.ts";
import { refuseOptions } from "./refuse-options.ts";
import { Reporter } from "./reporter.ts";
import { several } from "./several.ts";
import { wholeNumber } from "./shared-options.ts";

interface InspectFlags extends SubjectFlags {
  readonly completion?: string;
  readonly sample?: boolean;
  readonly methods?: string;
  readonly html?: string;
  readonly stream?: boolean;
  readonly set: readonly string[];
  readonly json?: boolean;
}

/** The given completion, or one sampled from the model. */
async function answered(
  { engine, dialogue }: { readonly engine: Engine; readonly dialogue: Dialogue },
  prompt: Prompt,
  { sampling, train }: Config,
  { completion, sample = false, stream = false }: InspectFlags,
): Promise<Pick<Completion, "tokens" | "stopReason">> {
  if (completion !== undefined) return { tokens: dialogue.completionTokens(completion), stopReason: "stop" };
  if (stream) throw new ConfigError("--stream: expected --completion too, since streamed weights only score");
  const [group] = await sampledGroups(engine, {
    ...sampling,
    temperature: sample ? sampling.temperature : 0,
    prompts: [prompt],
    groupSize: 1,
    stopTokens: dialogue.stopTokens,
    seed: train.seed,
  });
  return group![0]!;
}

const pngUrl = async ({ data, width, height }: RgbImage): Promise<string> => {
  const { default: sharp } = await import("sharp");
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  return `data:image/png;base64,${png.toString("base64")}`;
};

/** The verdict on the completion, and answers that the model might have given. */
function outcomeText(page: Omit<InspectionPage, "images">): string {
  const { answers, judgement, tokenTexts, start } = page;
  const verdict = answers.length === 0 ? "" : `${verdictSentence({ ...judgement, answers })}\n`;
  return tokenTexts.length === 0 ? verdict : `${verdict}${tokenSentence(spokenToken(page, start))}\n`;
}

async function inspect(name: string, flags: InspectFlags, context: CliContext): Promise<void> {
  if (flags.html !== undefined) requireWritableFile(flags.html);
  const named = namedModel(name);
  refuseModelSetting(flags.set);
  const stream = flags.stream === true ? ["engine.stream=true"] : [];
  const asked = resolveConfig({ preset: named.settings, flags: [...flags.set, ...stream] });
  if (asked.model.kind === "directory" && !existsSync(asked.model.path)) {
    throw new ConfigError(
      `inspect: expected a run directory, a model directory or org/name, got "${name}", which is not there`,
    );
  }
  const config = await fetchModel(asked, downloadBar(context));
  if (config.model.kind !== "directory" && named.run === undefined)
    throw new ConfigError(`inspect: expected a run directory, a model directory or org/name, got "${name}"`);
  const { problem, place } = await subjectOf(config, flags, named.run !== undefined);
  const { question, answers } = problem;
  const dialogue = await openConfiguredDialogue(config);
  const prompt = dialogue.prompt(problem);
  const engine = await (context.openEngine ?? openEngine)(config, connectionOf(context));
  try {
    await loadAdapter(engine, named);
    const { tokens, stopReason } = await answered({ engine, dialogue }, prompt, config, flags);
    const configured = await openCredit(config);
    const methods =
      flags.methods === undefined
        ? everyMethod(configured)
        : [...creditMethodsByName(flags.methods, configured).values()];
    const inspection = await inspectCompletion(
      { engine, vision: dialogue.sight?.vision, methods, temperature: config.sampling.temperature },
      { prompt, group: [{ tokens, stopReason, advantage: 1 }], place: 0 },
    );
    const tokenTexts = dialogue.tokenTexts(tokens);
    const alternativeTexts = inspection.alternatives?.map((row) =>
      row.map(({ token }) => dialogue.tokenTexts(Int32Array.of(token))[0] ?? ""),
    );
    const reporter = new Reporter(context, flags.json ?? false);
    const completion = dialogue.text(tokens);
    const judgement = await (await openVerdict(config)).judge(completion, problem);
    const start = answerToken(tokenTexts, judgement.extracted);
    const page = { question, answers, tokenTexts, alternativeTexts, start, judgement, inspection };
    const { inspection: _inspection, tokenTexts: _texts, ...rest } = page;
    reporter.json({ event: "inspection", completion, tokens: tokenTexts, ...rest, ...inspection });
    const shown = place === undefined ? "" : `problem ${place} (${problem.id}): ${question}\n\n`;
    const outcome = outcomeText(page);
    reporter.text(
      `${shown}${completion}\n${outcome}\n${inspectionText(tokenTexts, inspection, alternativeTexts)}`,
    );
    if (flags.html !== undefined) {
      const { framesPerPatch = 1 } = dialogue.sight?.vision ?? {};
      const urls = await Promise.all(pictures(problem, framesPerPatch).map(pngUrl));
      writeOutput(flags.html, inspectionPage({ ...page, images: urls }));
    }
  } finally {
    await engine.close();
  }
}

/** Adds the arguments and the action of `fovea inspect`. */
export function configure(command: Command, context: CliContext): void {
  command
    .argument("<model>", "a run directory, a model directory, or org/name[@revision] of the hub")
    .option("--question <text>", "the question; default for a run: a problem of its data")
    .option("--problem <n>", "of a run: index of the problem, from 0; default: 0", wholeNumber)
    .addOption(
      new Option("--split <name>", "of a run: the part of its data; default: validation").choices([
        ...SPLITS,
      ]),
    )
    .option("--answer <text>", "the reference answer to --question")
    .addOption(
      new Option("--image <file>", "an image, in the order in which the question needs them; may be repeated")
        .argParser(several)
        .default([]),
    )
    .addOption(
      new Option("--video <path>", "a video file, or a folder of its frames; may be repeated")
        .argParser(several)
        .default([]),
    )
    .option(
      "--fps <number>",
      "frames per second to sample from a video file; frame rate of a folder",
      Number,
      2,
    )
    .option("--completion <text>", "inspect this answer in place of the model's")
    .option("--sample", "sample the answer at sampling.temperature in place of greedy decoding")
    .option("--methods <names>", "credit methods, separated by commas; default: all")
    .option("--html <file>", "write a page with the attention on the images")
    .option("--stream", "read the weights from disk layer by layer: for models larger than memory")
    .addOption(
      new Option("--set <key=value>", "one setting of the configuration; may be repeated")
        .argParser(several)
        .default([]),
    )
    .option("--json", "print one JSON object on stdout")
    .action((model: string, flags: InspectFlags) => {
      if (flags.question !== undefined) {
        refuseOptions(command, ["problem", "split"], "needs a problem of a run in place of --question");
      }
      if (flags.completion !== undefined) {
        refuseOptions(command, ["sample"], "needs the model's own answer in place of --completion");
      }
      if (flags.video.length === 0) refuseOptions(command, ["fps"], "needs --video");
      return inspect(model, flags, context);
    });
}
