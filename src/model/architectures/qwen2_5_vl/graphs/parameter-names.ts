/**
 * @module
 * The parameters of a Qwen2.5-VL model: their canonical names, shapes, and the other names they go by.
 * Canonical is what transformers writes in `save_pretrained`: `model.layers.…`, `visual.…`, `lm_head.weight`.
 */
import { LORA_MODULES, type LoraModule } from "../../../lora/lora-modules.ts";
import type { ParameterNames } from "../../../parameters.ts";
import type { QwenConfig } from "../config.ts";

/** In-memory names of transformers 4.52 and later, which some checkpoints were saved under. */
const RENAMED: readonly (readonly [prefix: string, canonical: string])[] = [
  ["model.language_model.lm_head.", "lm_head."],
  ["model.language_model.", "model."],
  ["language_model.lm_head.", "lm_head."],
  ["language_model.model.", "model."],
  ["language_model.", "model."],
  ["model.visual.", "visual."],
];

/** The canonical name of a parameter, whichever version of transformers named it. Unknown names stay as they are. */
function canonicalName(name: string): string {
  for (const [prefix, canonical] of RENAMED) {
    if (name.startsWith(prefix)) return canonical + name.slice(prefix.length);
  }
  return name;
}

/** A canonical name as transformers 4.52 and later call the parameter in memory, which is how PEFT names adapters. */
function moduleName(canonical: string): string {
  return canonical
    .replace(/^visual\./, "model.visual.")
    .replace(/^model\.(?!visual\.)/, "model.language_model.");
}

/** Every parameter of the model and its shape, canonical names in the order of the forward pass. */
export function parameterShapes(config: QwenConfig): ReadonlyMap<string, readonly number[]> {
  const { text, vision } = config;
  const shapes = new Map<string, readonly number[]>();
  const linear = (name: string, out: number, into: number, bias: boolean) => {
    shapes.set(`${name}.weight`, [out, into]);
    if (bias) shapes.set(`${name}.bias`, [out]);
  };
  const mlp = (name: string, hidden: number, intermediate: number, bias: boolean) => {
    linear(`${name}.gate_proj`, intermediate, hidden, bias);
    linear(`${name}.up_proj`, intermediate, hidden, bias);
    linear(`${name}.down_proj`, hidden, intermediate, bias);
  };

  const patch = [vision.inChannels, vision.temporalPatchSize, vision.patchSize, vision.patchSize];
  shapes.set("visual.patch_embed.proj.weight", [vision.hiddenSize, ...patch]);
  for (let block = 0; block < vision.depth; block++) {
    const name = `visual.blocks.${block}`;
    shapes.set(`${name}.norm1.weight`, [vision.hiddenSize]);
    linear(`${name}.attn.qkv`, 3 * vision.hiddenSize, vision.hiddenSize, true);
    linear(`${name}.attn.proj`, vision.hiddenSize, vision.hiddenSize, true);
    shapes.set(`${name}.norm2.weight`, [vision.hiddenSize]);
    mlp(`${name}.mlp`, vision.hiddenSize, vision.intermediateSize, true);
  }
  const merged = vision.hiddenSize * vision.spatialMergeSize ** 2;
  shapes.set("visual.merger.ln_q.weight", [vision.hiddenSize]);
  linear("visual.merger.mlp.0", merged, merged, true);
  linear("visual.merger.mlp.2", vision.outHiddenSize, merged, true);

  shapes.set("model.embed_tokens.weight", [text.vocabSize, text.hiddenSize]);
  const kvSize = text.kvHeads * text.headDim;
  for (let layer = 0; layer < text.layers; layer++) {
    const name = `model.layers.${layer}`;
    shapes.set(`${name}.input_layernorm.weight`, [text.hiddenSize]);
    linear(`${name}.self_attn.q_proj`, text.heads * text.headDim, text.hiddenSize, true);
    linear(`${name}.self_attn.k_proj`, kvSize, text.hiddenSize, true);
    linear(`${name}.self_attn.v_proj`, kvSize, text.hiddenSize, true);
    linear(`${name}.self_attn.o_proj`, text.hiddenSize, text.heads * text.headDim, false);
    shapes.set(`${name}.post_attention_layernorm.weight`, [text.hiddenSize]);
    mlp(`${name}.mlp`, text.hiddenSize, text.intermediateSize, false);
  }
  shapes.set("model.norm.weight", [text.hiddenSize]);
  if (!text.tieWordEmbeddings) linear("lm_head", text.vocabSize, text.hiddenSize, false);
  return shapes;
}

/** Tensors that some checkpoints carry beside the parameters: a tied model's head as a copy, rotary frequencies. */
function isDerived(name: string, config: QwenConfig): boolean {
  return (
    name.endsWith("rotary_emb.inv_freq") ||
    name.endsWith("rotary_pos_emb.inv_freq") ||
    (name === "lm_head.weight" && config.text.tieWordEmbeddings)
  );
}

/** Names and shapes of a model's parameters. */
export function parameterNames(config: QwenConfig): ParameterNames {
  return {
    shapes: parameterShapes(config),
    canonical: canonicalName,
    module: moduleName,
    isDerived: (name) => isDerived(name, config),
    isVision: (name) => name.startsWith("visual."),
    loraModule,
    isNorm: (name) => /norm|ln_q/.test(name),
    writesResidual: (name) => /o_proj|down_proj|attn\.proj/.test(name),
  };
}

/** Matrices that can be adapted: those of the decoder's layers by their module's name, and of the vision tower's blocks. */
function loraModule(name: string): LoraModule | "vision" | undefined {
  if (/^visual\.blocks\.\d+\.(attn\.(qkv|proj)|mlp\.(gate|up|down)_proj)\.weight$/.test(name))
    return "vision";
  const module = /^model\.layers\.\d+\.(?:self_attn|mlp)\.(\w+)\.weight$/.exec(name)?.[1];
  return LORA_MODULES.find((known) => known === module);
}
