import { cpSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ModelError } from "../../errors/index.ts";
import { adapterDirectory, recordedAdapter } from "../../testing/lora-fixtures.ts";
import { checkpointDirectory } from "../../testing/model-fixtures.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { graphsOf } from "../architectures/graphs.ts";
import { readConfig } from "../directory.ts";
import { readJson } from "../read-json.ts";
import { readAdapter } from "./adapter.ts";
import { adapterFactor } from "./adapter-tensors.ts";

const { names } = graphsOf(readConfig(checkpointDirectory(recordedAdapter("decoder").checkpoint)));
const factor = (tensor: string) => adapterFactor(tensor, names, "a.safetensors");
const DOWN = "model.language_model.layers.0.mlp.down_proj";

test.each([
  `base_model.model.${DOWN}.lora_B.weight`,
  `base_model.model.${DOWN}.lora_B.default.weight`,
  `base_model.model.${DOWN}.lora_B.policy_1.weight`,
  `base_model.model._orig_mod.${DOWN}.lora_B.weight`,
  "base_model.model.model.layers.0._fsdp_wrapped_module.mlp.down_proj.lora_B.weight",
  "base_model.model.model.layers.0._checkpoint_wrapped_module.mlp.down_proj.lora_B.weight",
  `${DOWN}.lora_B.weight`,
])("%s is a factor of its matrix", (tensor) => {
  expect(factor(tensor)).toMatchObject({ weight: "model.layers.0.mlp.down_proj.weight", factor: "b" });
});

test.each([
  ["model.visual.merger.mlp.0.lora_A.weight", "got one of model.visual.merger.mlp.0 (not supported)"],
  ["model.visual.patch_embed.proj.lora_A.weight", "got one of model.visual.patch_embed.proj (not supported)"],
  ["lm_head.lora_A.weight", "got one of lm_head (not supported)"],
  ["model.language_model.embed_tokens.lora_embedding_A", "got an adapter of an embedding (not supported)"],
  [`${DOWN}.lora_magnitude_vector`, "got the magnitudes of DoRA (not supported)"],
  [`${DOWN}.lora_magnitude_vector.default.weight`, "got the magnitudes of DoRA (not supported)"],
  [`${DOWN}.lora_B.bias`, "got a bias of a factor (not supported)"],
  ["lm_head.modules_to_save.default.weight", "got a whole module (modules_to_save) (not supported)"],
  [`${DOWN}.base_layer.weight`, "got a parameter of the base model (not supported)"],
  [`${DOWN}.hada_w1_a`, "got a part of another method than LoRA (not supported)"],
  [`${DOWN}.weight`, "got another tensor (not supported)"],
  [
    "model.language_model.layers.0.self_attn.qkv_proj.lora_A.weight",
    "expected adapters of q_proj, k_proj and v_proj, got one of them joined",
  ],
  [
    "model.language_model.layers.0.mlp.gate_up_proj.lora_A.weight",
    "expected adapters of gate_proj and up_proj, got one of them joined",
  ],
])("%s is refused with the reason", (tensor, message) => {
  const full = `base_model.model.${tensor}`;
  expect(() => factor(full)).toThrow(ModelError);
  expect(() => factor(full)).toThrow(`a.safetensors: tensor ${full}: expected`);
  expect(() => factor(full)).toThrow(message);
});

describe("an adapter directory is refused", () => {
  const copy = () => {
    const folder = temporaryDirectory();
    cpSync(adapterDirectory("decoder"), folder, { recursive: true });
    return folder;
  };

  test.each<[field: string, value: unknown, message: string]>([
    ["use_some_variant", true, "use_some_variant: expected false (not supported), got true"],
    ["kasa_config", { beta: 1 }, "kasa_config: expected nothing (not supported)"],
    ["r", 9, "adapter_config.json: r: expected "],
    ["rank_pattern", { down_proj: 5 }, "down_proj.lora_A.weight, got 5"],
    ["rank_pattern", { "(": 5 }, 'rank_pattern: "(" is no pattern'],
  ])("whose %s is %j", (field, value, message) => {
    const folder = copy();
    const path = join(folder, "adapter_config.json");
    writeFileSync(path, JSON.stringify({ ...(readJson(path) as object), [field]: value }));
    expect(() => readAdapter(folder, names)).toThrow(message);
  });

  test("with its weights as a pickle", () => {
    const folder = copy();
    renameSync(join(folder, "adapter_model.safetensors"), join(folder, "adapter_model.bin"));
    expect(() => readAdapter(folder, names)).toThrow(
      "expected adapter_model.safetensors, got adapter_model.bin",
    );
  });

  test.each(["adapter_model.safetensors", "adapter_config.json"])("whose %s is a Git LFS pointer", (name) => {
    const folder = copy();
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 9\n`;
    writeFileSync(join(folder, name), pointer);
    expect(() => readAdapter(folder, names)).toThrow(`${name}: is a Git LFS pointer`);
  });
});
