/**
 * @module
 * `fovea inspect`: a model's answer to a question about images and videos, token by token, as text, JSON or a page.
 */
import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import sharp from "sharp";
import {
  type Config,
  fetchModel,
  openCredit,
  openDialogue,
  openEngine,
  resolveConfig,
} from "../config/index.ts";
import { pictures, readVideoAt } from "../data/index.ts";
import type { Completion, Engine, Prompt } from "../engine/index.ts";
import { ConfigError, DataError } from "../errors/index.ts";
import type { Dialogue } from "../eval/index.ts";
import { everyMethod, inspectCompletion, inspectionPage, inspectionText } from "../inspect/index.ts";
import { decodeImage, type RgbImage, type VideoClip } from "../model/index.ts";
import { connectionOf } from "./connection.ts";
import type { CliContext } from "./context.ts";
import { creditMethodsByName } from "./credit-weights.ts";
import { downloadBar } from "./download-bar.ts";
import { Reporter } from "./reporter.ts";

interface InspectFlags {
  readonly image: readonly string[];
  readonly video: readonly string[];
  readonly fps: number;
  readonly question: string;
  readonly completion?: string;
  readonly sample?: boolean;
  readonly methods?: string;
  readonly html?: string;
  readonly stream?: boolean;
  readonly set: readonly string[];
  readonly json?: boolean;
}

async function readImages(paths: readonly string[]): Promise<RgbImage[]> {
  const images: RgbImage[] = [];
  for (const path of paths) {
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (cause) {
      throw new DataError(`image ${path}: ${(cause as Error).message}`, { cause });
    }
    images.push(await decodeImage(bytes, { where: `image ${path}` }));
  }
  return images;
}

async function readVideos({ video, fps }: InspectFlags): Promise<VideoClip[]> {
  if (!(fps > 0 && Number.isFinite(fps)))
    throw new ConfigError(`--fps: expected a number above 0, got ${fps}`);
  const videos: VideoClip[] = [];
  for (const path of video) videos.push(await readVideoAt(path, fps));
  return videos;
}

/** The completion that was given, or one that the model writes. */
async function answered(
  { engine, dialogue }: { readonly engine: Engine; readonly dialogue: Dialogue },
  prompt: Prompt,
  { sampling, train }: Config,
  { completion, sample = false, stream = false }: InspectFlags,
): Promise<Pick<Completion, "tokens" | "stopReason">> {
  if (completion !== undefined) return { tokens: dialogue.completionTokens(completion), stopReason: "stop" };
  if (stream) throw new ConfigError("--stream: expected --completion beside it: streamed weights only score");
  const [group] = await engine.sample({
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
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  return `data:image/png;base64,${png.toString("base64")}`;
};

async function inspect(model: string, flags: InspectFlags, context: CliContext): Promise<void> {
  const stream = flags.stream === true ? ["engine.stream=true"] : [];
  const asked = resolveConfig({ flags: [...flags.set, `model=${model}`, ...stream] });
  const [images, videos] = [await readImages(flags.image), await readVideos(flags)];
  const config = await fetchModel(asked, downloadBar(context));
  if (config.model.kind !== "directory")
    throw new ConfigError("inspect: expected a model directory or org/name");
  const dialogue = await openDialogue(config);
  const { question } = flags;
  const problem = { id: "question", images, videos, question, answers: [], columns: {} };
  const prompt = dialogue.prompt(problem);
  const engine = await (context.openEngine ?? openEngine)(config, connectionOf(context));
  try {
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
    const reporter = new Reporter(context, flags.json ?? false);
    const completion = dialogue.text(tokens);
    reporter.json({ event: "inspection", question, completion, tokens: tokenTexts, ...inspection });
    reporter.text(`${completion}\n\n${inspectionText(tokenTexts, inspection)}`);
    if (flags.html !== undefined) {
      const urls = await Promise.all(pictures(problem).map(pngUrl));
      writeFileSync(flags.html, inspectionPage({ question, tokenTexts, inspection, images: urls }));
    }
  } finally {
    await engine.close();
  }
}

const collect = (value: string, before: readonly string[]) => [...before, value];

/** Adds what `fovea inspect` takes and does. */
export function configure(command: Command, context: CliContext): void {
  command
    .argument("<model>", "model directory, or org/name[@revision] of the hub")
    .requiredOption("--question <text>", "what the model is asked")
    .addOption(
      new Option("--image <file>", "an image, in the order in which the question needs them; may be repeated")
        .argParser(collect)
        .default([]),
    )
    .addOption(
      new Option("--video <path>", "a video file, or a folder of its frames; may be repeated")
        .argParser(collect)
        .default([]),
    )
    .option(
      "--fps <number>",
      "frames of a video file to show a second; frames a second in a folder",
      Number,
      2,
    )
    .option("--completion <text>", "look into this answer, in place of the model's own")
    .option("--sample", "draw the answer at sampling.temperature, in place of the likeliest tokens")
    .option("--methods <names>", "credit methods, separated by commas; all unless given")
    .option("--html <file>", "write a page that shows attention on the images")
    .option("--stream", "read the weights from disk layer by layer: for models larger than memory")
    .addOption(
      new Option("--set <key=value>", "one setting of the configuration; may be repeated")
        .argParser(collect)
        .default([]),
    )
    .option("--json", "one JSON object on stdout")
    .action((model: string, flags: InspectFlags) => inspect(model, flags, context));
}
