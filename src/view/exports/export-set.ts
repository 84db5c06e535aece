/**
 * @module
 * The ONNX exports that a viewer finds, inside runs and elsewhere. A file of an export is opened only where its manifest or this list names it.
 */
import { readFile, stat } from "node:fs/promises";
import { RunError } from "../../errors/index.ts";
import { answerFormats } from "../../eval/index.ts";
import type { OnnxManifest } from "../../model/index.ts";
import { parsedConfig } from "../inspect/problem-images.ts";
import type { Listed, ModelExport } from "../protocol.ts";
import { containedPath } from "../runs/contained-path.ts";
import { EXPORT_MANIFEST } from "../runs/export-manifest.ts";
import { parseObject } from "../runs/json-fields.ts";
import { newestOf } from "../runs/newest.ts";
import type { Places } from "../runs/places.ts";
import type { Run } from "../runs/run.ts";
import type { RunSet } from "../runs/run-set.ts";

const MOST_EXPORTS = 100;
const MAX_MANIFEST_BYTES = 4 << 20;
/** Files that describe tokenizer, template and processor beside the graphs. */
const DESCRIPTIONS = [
  EXPORT_MANIFEST,
  "config.json",
  "preprocessor_config.json",
  "processor_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "chat_template.jinja",
  "chat_template.json",
] as const;

interface Found {
  readonly id: string;
  readonly path: string;
  readonly run: Run | undefined;
}

/** Finds exports and their files. */
export class ExportSet {
  readonly #places: Places;
  readonly #runs: RunSet;

  constructor(places: Places, runs: RunSet) {
    this.#places = places;
    this.#runs = runs;
  }

  /**
   * The newest exports, exports of runs first.
   *
   * @param named ids of exports that are in the list however old they are
   */
  async list(named: readonly string[] = []): Promise<Listed<ModelExport>> {
    const all = [...(await this.#places.look()).exports.values()];
    const ordered = all.toSorted((a, b) => Number(a.run === undefined) - Number(b.run === undefined));
    const { items, older } = await newestOf(ordered, MOST_EXPORTS, new Set(named));
    const summaries = items.map(async ({ id, path, run }) =>
      summaryOf({ id, path, run: run === undefined ? undefined : await this.#runs.find(run) }),
    );
    return { items: await Promise.all(summaries), older };
  }

  /**
   * Where a file of an export is.
   *
   * @throws RunError when there is no such export, or the name is none of its files
   */
  async file(id: string, name: string): Promise<string> {
    const found = (await this.#places.look()).exports.get(id);
    if (found === undefined) throw new RunError(`no export "${id}"`);
    const isDescription = (DESCRIPTIONS as readonly string[]).includes(name);
    const isNamed = isDescription || graphFiles(await readManifest(found.path)).includes(name);
    // A manifest is a file that anybody may have written: what it names must be a plain name.
    const path = isNamed && /^\w[\w.-]*$/.test(name) ? await containedPath(found.path, name) : undefined;
    if (path === undefined || !(await stat(path)).isFile()) {
      throw new RunError(`${id}: the export has no file "${name}"`);
    }
    return path;
  }
}

/** @throws RunError when it is missing, no JSON, or of another version */
async function readManifest(directory: string): Promise<OnnxManifest> {
  const path = await containedPath(directory, EXPORT_MANIFEST);
  if (path === undefined) throw new RunError(`${EXPORT_MANIFEST} is not there`);
  if ((await stat(path)).size > MAX_MANIFEST_BYTES)
    throw new RunError(`${EXPORT_MANIFEST} is too long to be one`);
  const manifest = parseObject(await readFile(path, "utf8"));
  if (manifest?.["format"] !== "fovea-onnx" || manifest["version"] !== 1) {
    throw new RunError(
      `${EXPORT_MANIFEST}: expected format "fovea-onnx" of version 1; export the model again`,
    );
  }
  return manifest as unknown as OnnxManifest;
}

function graphFiles({ models }: OnnxManifest): string[] {
  try {
    const { vision, embedding, decoder } = models;
    return [vision, embedding, decoder].flatMap(({ file, data }) => [file, ...data]);
  } catch {
    throw new RunError(`${EXPORT_MANIFEST}: names no graphs`);
  }
}

async function summaryOf({ id, path, run }: Found): Promise<ModelExport> {
  const known = { id, path, run: run?.id ?? null };
  try {
    const graphs = graphFiles(await readManifest(path));
    const sizes = await Promise.all(graphs.map((name) => sizeOf(path, name)));
    const missing = graphs.find((_, i) => sizes[i] === undefined);
    if (missing !== undefined) throw new RunError(`${missing} is not there`);
    const described = await Promise.all(DESCRIPTIONS.map((name) => sizeOf(path, name)));
    const files = [...DESCRIPTIONS.filter((_, i) => described[i] !== undefined), ...graphs];
    const bytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    return { ...known, problem: null, files, bytes, ...(await asked(run)) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { ...known, problem, files: [], bytes: 0, ...UNASKED };
  }
}

async function sizeOf(directory: string, name: string): Promise<number | undefined> {
  const file = await containedPath(directory, name);
  return file === undefined ? undefined : (await stat(file)).size;
}

const UNASKED = { system: null, suffix: "", maxTokens: null } as const;

/** How a run puts its questions; a configuration of another release says nothing of it. */
async function asked(run: Run | undefined): Promise<Pick<ModelExport, "system" | "suffix" | "maxTokens">> {
  if (run === undefined) return UNASKED;
  try {
    const { prompt, sampling } = await parsedConfig(run);
    const format = answerFormats[prompt.format];
    const { system = format.system ?? null, suffix = format.suffix ?? "" } = prompt;
    return { system, suffix, maxTokens: sampling.maxCompletionTokens };
  } catch {
    return UNASKED;
  }
}
