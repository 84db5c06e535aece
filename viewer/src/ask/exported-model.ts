/**
 * @module
 * An export opened from its address: graphs and prompt side, by the code that reads model directories in Node.
 */
import type { OnnxManifest } from "../../../src/model/onnx/manifest.ts";
import {
  openPromptModel,
  PROMPT_FILES,
  type PromptModel,
  type Sight,
} from "../../../src/model/prompt-model.ts";
import type { SmallFiles } from "../../../src/model/small-files.ts";
import { OnnxGraphs } from "./onnx-graphs.ts";

/** All that answering needs. */
export interface ExportedModel extends PromptModel {
  readonly manifest: OnnxManifest;
  readonly sight: Sight;
  readonly graphs: OnnxGraphs;
}

async function text(address: string): Promise<string> {
  const response = await fetch(address);
  if (response.ok) return response.text();
  throw new Error(`${address}: status ${response.status}`);
}

/** The small files of an export, fetched. */
async function fetchedFiles(base: string, names: readonly string[]): Promise<SmallFiles> {
  const here = PROMPT_FILES.filter((name) => names.includes(name));
  const texts = new Map<string, string>();
  for (const name of here) texts.set(name, await text(base + name));
  const found = <T>(name: string, read: (content: string) => T) => {
    const content = texts.get(name);
    return content === undefined ? undefined : { content: read(content), where: name };
  };
  return {
    where: base.replace(/\/$/, ""),
    json: (name) => found(name, (content): unknown => JSON.parse(content)),
    text: (name) => found(name, (content) => content),
  };
}

/**
 * Opens an export.
 *
 * @param base address of its files, with / at its end
 * @param names which files there are
 * @throws ModelError when a file says something else than another
 */
export async function openExport(
  base: string,
  names: readonly string[],
  onProgress: (text: string) => void,
): Promise<ExportedModel> {
  onProgress("reading what the export says of itself");
  if (!names.includes("onnx.json")) throw new Error("the export has no onnx.json");
  const manifest = JSON.parse(await text(`${base}onnx.json`)) as OnnxManifest;
  const { sight, ...prompts } = openPromptModel(await fetchedFiles(base, names));
  if (sight === undefined) throw new Error("the export is of a text model");
  const graphs = await OnnxGraphs.open(base, manifest, (graph) => onProgress(`loading ${graph}`));
  return { ...prompts, sight, manifest, graphs };
}
