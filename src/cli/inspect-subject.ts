/**
 * @module
 * The input of `fovea inspect`: a user's question, or a problem of a run's data.
 */
import { readFile } from "node:fs/promises";
import { type Config, openTask } from "../config/index.ts";
import { type Problem, readVideoAt, type Split } from "../data/index.ts";
import { ConfigError, DataError } from "../errors/index.ts";
import { decodeImage, type RgbImage, type VideoClip } from "../model/index.ts";
import { splitProblems } from "./split-problems.ts";

/** The flags of the question. */
export interface SubjectFlags {
  readonly question?: string;
  readonly image: readonly string[];
  readonly video: readonly string[];
  readonly fps: number;
  readonly answer?: string;
  readonly problem?: number;
  readonly split?: Split;
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

async function readVideos({ video, fps }: SubjectFlags): Promise<VideoClip[]> {
  if (!(fps > 0 && Number.isFinite(fps)))
    throw new ConfigError(`--fps: expected a number above 0, got ${fps}`);
  const videos: VideoClip[] = [];
  for (const path of video) videos.push(await readVideoAt(path, fps));
  return videos;
}

/** The question of the flags, or a problem of the configured data. */
export async function subjectOf(
  config: Config,
  flags: SubjectFlags,
  isOfRun: boolean,
): Promise<{ readonly problem: Problem; readonly place?: string }> {
  const { question, image, video, answer, problem: index = 0, split = "validation" } = flags;
  if (question !== undefined) {
    const [images, videos] = [await readImages(image), await readVideos(flags)];
    const answers = answer === undefined ? [] : [answer];
    return { problem: { id: "question", images, videos, question, answers, columns: {} } };
  }
  if (!isOfRun) {
    throw new ConfigError(
      "--question: expected a question, since the model does not belong to a run directory",
    );
  }
  if (image.length + video.length > 0 || answer !== undefined) {
    const flag = answer !== undefined ? "answer" : image.length > 0 ? "image" : "video";
    throw new ConfigError(`--${flag}: expected --question too; a problem of the run has its own`);
  }
  const source = await splitProblems(await openTask(config), split);
  if (index >= source.size) {
    throw new ConfigError(`--problem: expected less than ${source.size}, the size of ${split}, got ${index}`);
  }
  return { problem: await source.problem(index), place: `${split} ${index}` };
}
