/**
 * @module
 * An export opened from its address: graphs, tokenizer, chat template and image processor, by the code that reads
 * model directories in Node.
 */
import { ChatTemplate, templateWithin } from "../../../src/model/chat-template.ts";
import type { ModelConfig } from "../../../src/model/config.ts";
import { parseConfig } from "../../../src/model/config-json.ts";
import {
  checkPatches,
  defaultProcessorConfig,
  type ProcessorConfig,
  parseProcessorConfig,
} from "../../../src/model/image/processor-config.ts";
import type { OnnxManifest } from "../../../src/model/onnx/manifest.ts";
import { checkTokenizer, Tokenizer } from "../../../src/model/tokenizer.ts";
import { OnnxGraphs } from "./onnx-graphs.ts";

/** All that answering needs. */
export interface ExportedModel {
  readonly manifest: OnnxManifest;
  readonly config: ModelConfig;
  readonly processor: ProcessorConfig;
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  readonly graphs: OnnxGraphs;
}

async function text(address: string): Promise<string> {
  const response = await fetch(address);
  if (response.ok) return response.text();
  throw new Error(`${address}: status ${response.status}`);
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
  const json = async (name: string): Promise<unknown> =>
    names.includes(name) ? JSON.parse(await text(base + name)) : undefined;
  const needed = async (name: string): Promise<unknown> => {
    const found = await json(name);
    if (found === undefined) throw new Error(`the export has no ${name}`);
    return found;
  };
  const manifest = (await needed("onnx.json")) as OnnxManifest;
  const config = parseConfig(await needed("config.json"));
  const processorJson = await json("preprocessor_config.json");
  const processor =
    processorJson === undefined ? defaultProcessorConfig(config) : parseProcessorConfig(processorJson);
  const settings = await json("tokenizer_config.json");
  const tokenizer = new Tokenizer(await needed("tokenizer.json"), settings ?? {});
  checkTokenizer(tokenizer, config);
  const jinja = names.includes("chat_template.jinja") ? await text(`${base}chat_template.jinja`) : undefined;
  const template =
    jinja === undefined
      ? templateWithin([
          ["chat_template.json", await json("chat_template.json")],
          ["tokenizer_config.json", settings],
        ])
      : new ChatTemplate(jinja);
  const graphs = await OnnxGraphs.open(base, manifest, (graph) => onProgress(`loading ${graph}`));
  return {
    manifest,
    config,
    processor: checkPatches(processor, config, "preprocessor_config.json"),
    tokenizer,
    template,
    graphs,
  };
}
