/**
 * @module
 * The matrices that low-rank adapters are made for, by name.
 */

/** The decoder's matrices, by the last part of their modules' names. */
export const LORA_MODULES = [
  "q_proj",
  "k_proj",
  "v_proj",
  "o_proj",
  "gate_proj",
  "up_proj",
  "down_proj",
] as const;

export type LoraModule = (typeof LORA_MODULES)[number];
