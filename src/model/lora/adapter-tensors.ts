/**
 * @module
 * The tensors of a PEFT adapter by their names: a factor of a matrix that can be adapted, or the reason why the adapter is
 * not supported.
 */
import { ModelError } from "../../errors/index.ts";
import type { ParameterNames } from "../parameters.ts";

/** PEFT's prefix of the names of modules. */
export const PREFIX = "base_model.model.";
/** Names that torch.compile, FSDP and activation checkpointing put into a module's path. */
const WRAPPERS = /(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\./g;
const FACTOR = /^(.*)\.lora_([AB])(?:\.[\w-]+)?\.weight$/;

/** Tensors of variants of LoRA, by the ends of their names. */
const VARIANTS: readonly (readonly [name: RegExp, what: string])[] = [
  [/\.lora_magnitude_vector(?:\.|$)/, "the magnitudes of DoRA"],
  [/\.lora_embedding_[AB](?:\.|$)/, "an adapter of an embedding"],
  [/\.lora_[AB](?:\.[\w-]+)?\.bias$/, "a bias of a factor"],
  [/\.modules_to_save\./, "a whole module (modules_to_save)"],
  [/\.token_adapter\./, "rows of an embedding (trainable_token_indices)"],
  [/\.(?:lora_E|ranknum)(?:\.|$)/, "singular values of AdaLoRA"],
  [/\.(?:hada|lokr|oft|boft|vera|ia3|randlora)_/, "a part of another method than LoRA"],
  [/\.(?:base_layer|original_module)\./, "a parameter of the base model"],
];
/** Modules that other programs join, and their parts in transformers' Qwen, Llama and SmolVLM. */
const JOINED: readonly (readonly [name: RegExp, parts: string])[] = [
  [/\.(?:qkv_proj|query_key_value|W_pack)$/, "q_proj, k_proj and v_proj"],
  [/\.(?:gate_up_proj)$/, "gate_proj and up_proj"],
];

/** A factor of an adapter. */
export interface AdapterFactor {
  /** PEFT's name of the module. */
  readonly module: string;
  /** Canonical name of the matrix. */
  readonly weight: string;
  readonly factor: "a" | "b";
}

function notSupported(tensor: string, path: string, reason: string): ModelError {
  return new ModelError(`${path}: tensor ${tensor}: ${reason} (not supported)`);
}

/**
 * The factor that a tensor is.
 *
 * @param names of the model that the adapter belongs to
 * @param path the file, for messages
 * @throws ModelError when it is another kind of tensor, or belongs to a module that cannot be adapted or that the model
 *   lacks
 */
export function adapterFactor(tensor: string, names: ParameterNames, path: string): AdapterFactor {
  const bare = tensor.replace(PREFIX, "").replaceAll(WRAPPERS, "");
  const [, module, factor] = FACTOR.exec(bare) ?? [];
  if (module === undefined) {
    const variant = VARIANTS.find(([name]) => name.test(`.${bare}`))?.[1];
    throw notSupported(
      tensor,
      path,
      `expected a factor lora_A or lora_B, got ${variant ?? "another tensor"}`,
    );
  }
  const weight = names.canonical(`${module}.weight`);
  if (names.loraModule(weight) !== undefined && names.shapes.has(weight))
    return { module, weight, factor: factor === "A" ? "a" : "b" };
  if (names.shapes.has(weight) || names.isDerived(weight))
    throw notSupported(
      tensor,
      path,
      `expected an adapter of the decoder's matrices or of the vision tower's blocks, got one of ${module}`,
    );
  const joined = JOINED.find(([name]) => name.test(module))?.[1];
  if (joined !== undefined)
    throw notSupported(tensor, path, `expected adapters of ${joined}, got one of them joined, ${module}`);
  throw new ModelError(`${path}: tensor ${tensor} is no adapter of a matrix of the model`);
}
