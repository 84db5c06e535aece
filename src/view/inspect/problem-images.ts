/**
 * @module
 * The problem behind a rollout, drawn again from its source by its index, and its images as PNG. Data sets in files
 * are opened only where the user allowed it.
 */
import { realpath } from "node:fs/promises";
import sharp from "sharp";
import { type Config, configSchema, fetchData, openTask } from "../../config/index.ts";
import { openSource, type Problem, type ProblemSource, pictures } from "../../data/index.ts";
import { RunError } from "../../errors/index.ts";
import { hubSettings } from "../../model/index.ts";
import { isWithin } from "../runs/contained-path.ts";
import type { Run } from "../runs/run.ts";

const MAX_SOURCES = 4;
/** Longest side of an image on the page. */
const MAX_SIDE = 1024;

/** Draws problems of runs again. */
export class ProblemImages {
  readonly #allowed: readonly string[];
  readonly #sources = new Map<Run, Promise<ProblemSource>>();

  /** @param allowed directories from which data sets may be read */
  constructor(allowed: readonly string[]) {
    this.#allowed = allowed;
  }

  /**
   * The problem of an index in the data that a run trained on.
   *
   * @throws RunError, DataError when it cannot be had
   */
  async problem(run: Run, index: number): Promise<Problem> {
    let source = this.#sources.get(run);
    if (source === undefined) {
      source = this.#open(run);
      const [oldest] = this.#sources.keys();
      if (oldest !== undefined && this.#sources.size >= MAX_SOURCES) this.#sources.delete(oldest);
      this.#sources.set(run, source);
      source.catch(() => this.#sources.delete(run));
    }
    return (await source).problem(index);
  }

  /** The image as PNG, made smaller where it is large; of a video each patch of time counts as one. */
  async png(run: Run, index: number, place: number): Promise<Uint8Array> {
    const images = pictures(await this.problem(run, index));
    const image = images[place];
    if (image === undefined) throw new RunError(`image ${place}: the problem has ${images.length}`);
    const { width, height, data } = image;
    return sharp(data, { raw: { width, height, channels: 3 } })
      .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: "inside", withoutEnlargement: true })
      .png({ compressionLevel: 6 })
      .toBuffer();
  }

  async #open(run: Run): Promise<ProblemSource> {
    // What a viewer shows it never downloads.
    const settings = { ...hubSettings(), offline: true };
    const config = await fetchData(await parsedConfig(run), undefined, { settings });
    if (config.data.kind === "files") {
      const allowed = [run.path, ...this.#allowed];
      await this.#requireAllowed(allowed, config.data.path);
      if (config.data.images !== undefined) await this.#requireAllowed(allowed, config.data.images);
    }
    if (config.data.kind === "module")
      await this.#requireAllowed([run.path, ...this.#allowed], config.data.module);
    const source = await openSource((await openTask(config)).train);
    const { data } = await run.record();
    if (data["train"] !== undefined && data["train"] !== source.fingerprint) {
      throw new RunError("the data set is another one than the run was trained on");
    }
    return source;
  }

  async #requireAllowed(directories: readonly string[], named: string): Promise<void> {
    const path = await realpath(named);
    for (const directory of directories) if (isWithin(await realpath(directory), path)) return;
    throw new RunError(
      `${named}: stands outside of the run directories; start with --data to allow its images`,
    );
  }
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
