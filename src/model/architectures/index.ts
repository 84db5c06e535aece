/**
 * @module
 * The architectures that Fovea knows, by `model_type`. A new one is a folder and a line here; one that the local engine
 * can run has a line in `graphs.ts` too.
 */
import { ModelError } from "../../errors/index.ts";
import type { Architecture } from "../architecture.ts";
import type { ModelConfig } from "../config.ts";
import { Fields } from "../json-fields.ts";
import { mllama } from "./mllama/architecture.ts";
import { qwen25Vl } from "./qwen2_5_vl/architecture.ts";
import { qwen2Vl } from "./qwen2_vl/architecture.ts";
import { qwen3Vl } from "./qwen3_vl/architecture.ts";
import { idefics3, smolVlm } from "./smolvlm/architecture.ts";

const ARCHITECTURES: readonly Architecture[] = [qwen25Vl, qwen2Vl, qwen3Vl, smolVlm, idefics3, mllama];

/** Known families that are not supported yet, with the missing parts of each. */
const NOT_BUILT: Readonly<Record<string, string>> = {
  gemma3: "sliding-window attention in the decoder and its processor",
  idefics2: "a perceiver between tower and decoder",
  internvl: "an InternViT tower and its tiles",
  llava: "a CLIP tower and its projector",
  llava_next: "a CLIP tower and the tiles of its processor",
  llava_onevision: "the tiles of its processor",
  mistral3: "a Pixtral tower",
  paligemma: "attention over the whole prefix",
  qwen2_5_omni: "an audio tower",
  qwen3_5: "linear attention in most layers of the decoder",
  qwen3_5_moe: "linear attention in most layers of the decoder, and a mixture of experts",
  qwen3_omni_moe: "an audio tower, and a mixture of experts in the decoder",
  qwen3_vl_moe: "a mixture of experts in the decoder",
};

/** Every `model_type` that is supported. */
export const modelTypes: readonly string[] = ARCHITECTURES.map(({ modelType }) => modelType);

/**
 * The architecture of a model.
 *
 * @throws ModelError naming the model type and the supported types
 */
export function architectureOf({ modelType }: Pick<ModelConfig, "modelType">): Architecture {
  const found = ARCHITECTURES.find((architecture) => architecture.modelType === modelType);
  if (found !== undefined) return found;
  const known = modelTypes.map((type) => `"${type}"`).join(" or ");
  throw new ModelError(`model_type: expected ${known}, got ${JSON.stringify(modelType)}`);
}

/**
 * The sizes that a config.json describes, by its architecture.
 *
 * @param json the parsed file
 * @param where its path, for messages
 * @throws ModelError naming the field: an architecture that is not supported, a missing or impossible size
 */
export function parseConfig(json: unknown, where = "config.json"): ModelConfig {
  const root = new Fields(json, where);
  const modelType = root.text("model_type");
  if (!modelTypes.includes(modelType)) {
    const known = modelTypes.map((type) => `"${type}"`).join(" or ");
    const needed = NOT_BUILT[modelType];
    const reason = needed === undefined ? "" : ` ("${modelType}" is not supported: it needs ${needed})`;
    throw root.error("model_type", known + reason);
  }
  return architectureOf({ modelType }).promptSide.parseConfig(json, where);
}
