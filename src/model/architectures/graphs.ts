/**
 * @module
 * The architectures that the local engine can run, by `model_type`: their graph sides. Apart from `index.ts`, so that
 * asking a model that runs elsewhere loads no graphs.
 */
import { ModelError } from "../../errors/index.ts";
import type { ModelConfig } from "../config.ts";
import type { ModelGraphs } from "../graph/model-graphs.ts";
import { mllama } from "./mllama/architecture.ts";
import { mllamaGraphs } from "./mllama/graphs/index.ts";
import { qwen25Vl } from "./qwen2_5_vl/architecture.ts";
import { qwen25VlGraphs } from "./qwen2_5_vl/graphs/index.ts";
import { qwen2Vl } from "./qwen2_vl/architecture.ts";
import { qwen2VlGraphs } from "./qwen2_vl/graphs/index.ts";
import { qwen3Vl } from "./qwen3_vl/architecture.ts";
import { qwen3VlGraphs } from "./qwen3_vl/graphs/index.ts";
import { idefics3, smolVlm } from "./smolvlm/architecture.ts";
import { smolGraphs } from "./smolvlm/graphs/index.ts";

/** A graph side; it is given the sizes that its own architecture has parsed. */
interface GraphSide {
  readonly modelType: string;
  open(config: ModelConfig): ModelGraphs;
}

const GRAPH_SIDES: readonly GraphSide[] = [
  { modelType: qwen25Vl.modelType, open: qwen25VlGraphs },
  { modelType: qwen2Vl.modelType, open: qwen2VlGraphs },
  { modelType: qwen3Vl.modelType, open: qwen3VlGraphs },
  { modelType: smolVlm.modelType, open: smolGraphs },
  { modelType: idefics3.modelType, open: smolGraphs },
  { modelType: mllama.modelType, open: mllamaGraphs },
];

/**
 * The graphs of a model.
 *
 * @throws ModelError when its architecture cannot be run here; an engine elsewhere may run it
 */
export function graphsOf(config: ModelConfig): ModelGraphs {
  const side = GRAPH_SIDES.find(({ modelType }) => modelType === config.modelType);
  if (side !== undefined) return side.open(config);
  const known = GRAPH_SIDES.map(({ modelType }) => modelType).join(", ");
  throw new ModelError(
    `model_type: this machine's engine can run ${known}, got ${JSON.stringify(config.modelType)}; an engine elsewhere may run it`,
  );
}
