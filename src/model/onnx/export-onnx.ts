/**
 * @module
 * A model directory as ONNX files that a runtime runs without Fovea, with all that is needed to use them beside. The
 * directory appears whole or not at all.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { ConfigError, RunError } from "../../errors/index.ts";
import { isSystemError, writeFailure } from "../../errors/system-error.ts";
import { replaceFile } from "../../files/index.ts";
import { graphsOf } from "../architectures/graphs.ts";
import { openModelDirectory } from "../directory.ts";
import { copyDescriptions, withDtype } from "../export-model.ts";
import { mergedWeights, readAdapter } from "../lora/adapter.ts";
import { readJson } from "../read-json.ts";
import type { OnnxManifest } from "./manifest.ts";
import { manifestText, onnxManifest } from "./write-manifest.ts";
import { type OnnxOptions, writeOnnxModels } from "./write-onnx.ts";

export interface ExportOnnxOptions extends OnnxOptions {
  /** A PEFT adapter directory to merge. */
  readonly adapter?: string;
}

const PROCESSOR = "preprocessor_config.json";

/**
 * Exports a model: `vision.onnx`, `embedding.onnx`, `decoder.onnx`, the files that describe model, tokenizer and
 * processor, `onnx.json` and `ONNX.md`.
 *
 * @param source a model directory
 * @param target a directory that is not there yet, or is empty
 * @throws ConfigError when something is in the target already, or an option is out of its range
 * @throws ModelError when the model or the adapter cannot be read, is of another architecture, or lacks a file
 * @throws RunError when the disk is full or the place cannot be written; then nothing is left of the export
 */
export function exportOnnx(source: string, target: string, options: ExportOnnxOptions = {}): OnnxManifest {
  checkTarget(target);
  const { config, weights, stopTokens, vision } = openModelDirectory(source);
  const { names, onnx } = graphsOf(config);
  const adapter = options.adapter === undefined ? undefined : readAdapter(options.adapter, names);
  const path = resolve(target);
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    mkdirSync(draft, { recursive: true });
    const merged = mergedWeights(weights, names, adapter);
    const models = writeOnnxModels(draft, config, merged, options);
    copyDescriptions(source, draft);
    const write = (name: string, text: string) => replaceFile(join(draft, name), [`${text}\n`]);
    const configPath = join(source, "config.json");
    write("config.json", JSON.stringify(withDtype(readJson(configPath), configPath, "F32"), null, 2));
    if (!existsSync(join(draft, PROCESSOR)))
      write(PROCESSOR, JSON.stringify(vision.preprocessorJson, null, 2));
    const type = options.dtype === "F16" ? "float16" : "float32";
    const manifest = onnxManifest(onnx, models, stopTokens, type);
    write("ONNX.md", manifestText(manifest, onnx));
    write("onnx.json", JSON.stringify(manifest, null, 2));
    if (existsSync(path)) rmdirSync(path);
    renameSync(draft, path);
    return manifest;
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true });
    if (!isSystemError(cause)) throw cause;
    throw new RunError(`${target}: cannot be written: ${writeFailure(cause)}; nothing is left of it`, {
      cause,
    });
  }
}

function checkTarget(target: string): void {
  if (!existsSync(target)) return;
  const count = statSync(target).isDirectory() ? readdirSync(target).length : undefined;
  if (count === 0) return;
  const got = count === undefined ? "a file" : `a directory with ${count} entries`;
  throw new ConfigError(`export: expected a new or empty directory at ${target}, got ${got}`);
}
