/**
 * @module
 * The parameters of the decoder that `selfAttentionDecoder` runs, under the names of transformers' Llama, Qwen2 and Qwen3: their
 * shapes, and which of them the graphs see as one matrix.
 */
import { embeddedTokens, type TextConfig } from "../config.ts";
import { LORA_MODULES, type LoraModule } from "../lora/lora-modules.ts";
import { isCrossAttention } from "./cross-attention.ts";
import { biased, type Pack } from "./parameters.ts";

/** The names of the parameters, and which of them exist. */
export interface DecoderNames {
  /** The prefix of the names of embedding, layers and final norm. */
  readonly prefix: string;
  /** The module of the head; `lm_head` unless given. */
  readonly head?: string;
  /** Whether queries, keys and values have biases. */
  readonly projectionBiases: boolean;
  /** Whether each head of queries and keys is normalised before it is rotated; false unless given. */
  readonly headNorms?: boolean;
}

/** Every parameter of the decoder and its shape, in the order of the forward pass, the head last where it is not tied. */
export function decoderShapes(
  text: TextConfig,
  { prefix, head = "lm_head", projectionBiases, headNorms = false }: DecoderNames,
): ReadonlyMap<string, readonly number[]> {
  const { hiddenSize, heads, kvHeads, headDim, intermediateSize } = text;
  const shapes = new Map<string, readonly number[]>();
  const linear = (name: string, out: number, into: number, bias = false) => {
    shapes.set(`${name}.weight`, [out, into]);
    if (bias) shapes.set(`${name}.bias`, [out]);
  };
  shapes.set(`${prefix}.embed_tokens.weight`, [embeddedTokens(text), hiddenSize]);
  for (let layer = 0; layer < text.layers; layer++) {
    const name = `${prefix}.layers.${layer}`;
    shapes.set(`${name}.input_layernorm.weight`, [hiddenSize]);
    const isCross = isCrossAttention(text, layer);
    const attention = `${name}.${isCross ? "cross_attn" : "self_attn"}`;
    linear(`${attention}.q_proj`, heads * headDim, hiddenSize, projectionBiases);
    linear(`${attention}.k_proj`, kvHeads * headDim, hiddenSize, projectionBiases);
    linear(`${attention}.v_proj`, kvHeads * headDim, hiddenSize, projectionBiases);
    linear(`${attention}.o_proj`, hiddenSize, heads * headDim);
    if (headNorms || isCross) {
      shapes.set(`${attention}.q_norm.weight`, [headDim]);
      shapes.set(`${attention}.k_norm.weight`, [headDim]);
    }
    if (isCross) {
      shapes.set(`${name}.cross_attn_attn_gate`, [1]);
      shapes.set(`${name}.cross_attn_mlp_gate`, [1]);
    }
    shapes.set(`${name}.post_attention_layernorm.weight`, [hiddenSize]);
    linear(`${name}.mlp.gate_proj`, intermediateSize, hiddenSize);
    linear(`${name}.mlp.up_proj`, intermediateSize, hiddenSize);
    linear(`${name}.mlp.down_proj`, hiddenSize, intermediateSize);
  }
  shapes.set(`${prefix}.norm.weight`, [hiddenSize]);
  if (!text.tieWordEmbeddings) linear(head, text.vocabSize, hiddenSize);
  return shapes;
}

/** The head of a tied vocabulary, which some checkpoints store beside the embedding that it is. */
export function tiedHead(
  { tieWordEmbeddings }: Pick<TextConfig, "tieWordEmbeddings">,
  { prefix, head = "lm_head" }: Pick<DecoderNames, "prefix" | "head">,
): ReadonlyMap<string, string> {
  return new Map(tieWordEmbeddings ? [[`${head}.weight`, `${prefix}.embed_tokens.weight`]] : []);
}

/** All packs of the decoder, in the order in which they are laid out. */
export function decoderPacks(
  text: TextConfig,
  { prefix, head = "lm_head", projectionBiases, headNorms = false }: DecoderNames,
): Pack[] {
  const layer = (n: number): Pack[] => {
    const name = (suffix: string) => `${prefix}.layers.${n}.${suffix}`;
    const pack = (suffix: string) => `layer.${n}.${suffix}`;
    const projected = (part: string, ...members: string[]): Pack[] =>
      projectionBiases
        ? biased(pack(part), ...members)
        : [[pack(`${part}.weight`), members.map((member) => `${member}.weight`)]];
    const feedForward: Pack[] = [
      [pack("mlpNorm"), [name("post_attention_layernorm.weight")]],
      [pack("gate.weight"), [name("mlp.gate_proj.weight")]],
      [pack("up.weight"), [name("mlp.up_proj.weight")]],
      [pack("down.weight"), [name("mlp.down_proj.weight")]],
    ];
    if (isCrossAttention(text, n)) {
      return [
        [pack("attentionNorm"), [name("input_layernorm.weight")]],
        [pack("query.weight"), [name("cross_attn.q_proj.weight")]],
        [pack("queryNorm"), [name("cross_attn.q_norm.weight")]],
        [pack("key.weight"), [name("cross_attn.k_proj.weight")]],
        [pack("keyNorm"), [name("cross_attn.k_norm.weight")]],
        [pack("value.weight"), [name("cross_attn.v_proj.weight")]],
        [pack("output.weight"), [name("cross_attn.o_proj.weight")]],
        [pack("attentionGate"), [name("cross_attn_attn_gate")]],
        ...feedForward,
        [pack("feedForwardGate"), [name("cross_attn_mlp_gate")]],
      ];
    }
    const ofHeads: Pack[] = [
      [pack("queryNorm"), [name("self_attn.q_norm.weight")]],
      [pack("keyNorm"), [name("self_attn.k_norm.weight")]],
    ];
    return [
      [pack("attentionNorm"), [name("input_layernorm.weight")]],
      ...projected("queryKey", name("self_attn.q_proj"), name("self_attn.k_proj")),
      ...(headNorms ? ofHeads : []),
      ...projected("value", name("self_attn.v_proj")),
      [pack("output.weight"), [name("self_attn.o_proj.weight")]],
      ...feedForward,
    ];
  };
  return [
    ["embedding", [`${prefix}.embed_tokens.weight`]],
    ...Array.from({ length: text.layers }, (_, n) => layer(n)).flat(),
    ["norm", [`${prefix}.norm.weight`]],
    ...(text.tieWordEmbeddings ? [] : [["head", [`${head}.weight`]] satisfies Pack]),
  ];
}

/** The module of a decoder layer's matrix, which adapters can adapt; undefined for all else. */
export function decoderModule(name: string, { prefix }: DecoderNames): LoraModule | undefined {
  if (!name.startsWith(`${prefix}.layers.`)) return undefined;
  const module = /^\d+\.(?:self_attn|cross_attn|mlp)\.(\w+)\.weight$/.exec(
    name.slice(prefix.length + 8),
  )?.[1];
  return LORA_MODULES.find((known) => known === module);
}
