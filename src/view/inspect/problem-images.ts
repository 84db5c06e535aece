/**
 * @module
 * The problem behind a rollout, drawn again from its source by its index, and its images as PNG. A data set in files is
 * shown only where it is the one that the run recorded, by its fingerprint, or where the user allowed its directory. A
 * module is code, and needs the user's permission.
 */
import { type Config, configSchema, fetchData, openTask } from "../../config/index.ts";
import { openSource, type Problem, type ProblemSource, pictureCount, pictures } from "../../data/index.ts";
import { RunError } from "../../errors/index.ts";
import { hubSettings } from "../../model/index.ts";
import type { Run } from "../runs/run.ts";
import type { PermittedParts } from "./permitted-parts.ts";

const MAX_SOURCES = 4;
/** Longest side of an image on the page. */
const MAX_SIDE = 1024;

/** Draws problems of runs again. */
export class ProblemImages {
  readonly #parts: PermittedParts;
  /** By the run's path and version. */
  readonly #sources = new Map<string, Promise<ProblemSource>>();

  constructor(parts: PermittedParts) {
    this.#parts = parts;
  }

  /**
   * The problem of an index in the data that a run trained on.
   *
   * @throws RunError, DataError when it cannot be had
   */
  async problem(run: Run, index: number): Promise<Problem> {
    const key = `${run.path} ${await run.version()}`;
    let source = this.#sources.get(key);
    if (source === undefined) {
      source = this.#open(run);
      const [oldest] = this.#sources.keys();
      if (oldest !== undefined && this.#sources.size >= MAX_SOURCES) this.#sources.delete(oldest);
      this.#sources.set(key, source);
      source.catch(() => this.#sources.delete(key));
    }
    return (await source).problem(index);
  }

  /**
   * The image as PNG, made smaller where it is large; of a video each patch of time counts as one.
   *
   * @param count images that the problem has, by the run or by the model that looks at it; null where nobody knows
   */
  async png(run: Run, index: number, place: number, count: number | null): Promise<Uint8Array> {
    const problem = await this.problem(run, index);
    const images = pictures(problem, framesPerPatch(problem, count));
    const image = images[place];
    if (image === undefined) throw new RunError(`image ${place}: the problem has ${images.length}`);
    const { width, height, data } = image;
    const { default: sharp } = await import("sharp");
    return sharp(data, { raw: { width, height, channels: 3 } })
      .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: "inside", withoutEnlargement: true })
      .png({ compressionLevel: 6 })
      .toBuffer();
  }

  async #open(run: Run): Promise<ProblemSource> {
    const settings = { ...hubSettings(), offline: true };
    const recorded = await this.#parts.permit(await parsedConfig(run), "task");
    const fetched = await fetchData(recorded, undefined, { settings });
    const config = withoutDownloads(fetched);
    const { data } = await run.record();
    const fingerprint = data["train"];
    // Files are shown only where their content has the recorded fingerprint, which nobody can write down who does not have
    // them.
    if (config.data.kind === "files" && fingerprint === undefined) {
      await this.#parts.requireFile(run, config.data.path);
      if (config.data.images !== undefined) await this.#parts.requireFile(run, config.data.images);
    }
    const source = await openSource((await openTask(config)).train);
    if (fingerprint !== undefined && fingerprint !== source.fingerprint) {
      throw new RunError("the data set is not the one that the run was trained on: its content has changed");
    }
    return source;
  }
}

/**
 * Frames of a patch of time, of a problem that has so many pictures: the model's number, which a viewer does not know
 * without the model. A run of an earlier release may have recorded half of the frames of a model that sees each.
 *
 * @returns 1 if the number of pictures is unknown, or impossible for the problem
 */
function framesPerPatch(problem: Problem, count: number | null): number {
  const longest = Math.max(1, ...(problem.videos ?? []).map(({ frames }) => frames.length));
  for (let frames = 1; frames <= longest; frames++) {
    if (pictureCount(problem, frames) === count) return frames;
  }
  return 1;
}

/** A viewer never downloads images: the addresses in a run of somebody else may be of servers that only this machine reaches. */
function withoutDownloads(config: Config): Config {
  const { data } = config;
  return data.kind === "files" ? { ...config, data: { ...data, fetchImages: false } } : config;
}

/**
 * The configuration of a run as this version understands it.
 *
 * @throws RunError when it does not
 */
export async function parsedConfig(run: Run): Promise<Config> {
  const parsed = configSchema.safeParse(await run.config());
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RunError(
    `config.json: ${issue?.path.join(".")}: ${issue?.message}; it is of another release of Fovea`,
  );
}
