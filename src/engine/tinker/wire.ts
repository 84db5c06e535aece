/**
 * @module
 * The Tinker protocol as JSON: what requests and answers look like, for the client here and for `fovea serve`. Unknown
 * fields are ignored on both sides. The field `fovea` and the extra keys of answers are this project's extension; a
 * server without it is never sent any, and a client without it never sees any.
 */
import * as z from "zod";
import { signalRequestSchema } from "../../credit/index.ts";
import type { AdamParameters } from "../engine.ts";

/** Version of the extension that this code speaks. */
export const EXTENSION_PROTOCOL = 1;

const text = z.string().min(1);
const count = z.int().min(0);
const index = z.int().min(0).nullish();

export const tensorSchema = z.object({
  /** Null stands for a number that JSON has no word for: NaN or infinite. */
  data: z.array(z.number().nullable()),
  dtype: z.enum(["int64", "float32"]).nullish(),
  shape: z.array(count).nullish(),
  sparse_crow_indices: z.array(count).nullish(),
});
export type WireTensor = z.output<typeof tensorSchema>;

/** Numbers as their bytes, little-endian: what some answers are too long for in digits. */
export const packedTensorSchema = z.object({
  data: z.string(),
  dtype: z.literal("float32"),
  shape: z.array(count).nullish(),
  encoding: z.literal("base64"),
});
/** A tensor of an answer. */
export const answerTensorSchema = z.union([tensorSchema, packedTensorSchema]);
export type AnswerTensor = z.output<typeof answerTensorSchema>;

const imageFormat = z.enum(["png", "jpeg"]);
const expectedTokens = z.int().min(1).nullish();

export const chunkSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("encoded_text"), tokens: z.array(count) }),
  z.object({
    type: z.literal("image"),
    data: z.base64(),
    format: imageFormat,
    expected_tokens: expectedTokens,
  }),
  z.object({
    type: z.literal("image_asset_pointer"),
    location: text,
    format: imageFormat,
    expected_tokens: expectedTokens,
  }),
]);
export type WireChunk = z.output<typeof chunkSchema>;

export const modelInputSchema = z.object({ chunks: z.array(chunkSchema).min(1) });
export type WireModelInput = z.output<typeof modelInputSchema>;

export const datumSchema = z.object({
  model_input: modelInputSchema,
  loss_fn_inputs: z.record(z.string(), tensorSchema),
});
export type WireDatum = z.output<typeof datumSchema>;

export const LOSS_FUNCTIONS = ["cross_entropy", "importance_sampling", "ppo", "cispo", "dro"] as const;
export type LossFunction = (typeof LOSS_FUNCTIONS)[number];

export const forwardInputSchema = z.object({
  data: z.array(datumSchema).min(1),
  loss_fn: z.enum(LOSS_FUNCTIONS),
  loss_fn_config: z.record(z.string(), z.number()).nullish(),
});
export type WireForwardInput = z.output<typeof forwardInputSchema>;

/** What an image ablation is in detail, the engine checks. */
const opaque = z.record(z.string(), z.unknown());

export const forwardOptionsSchema = z.object({
  weights: z.enum(["policy", "reference"]).nullish(),
  temperature: z.number().positive().nullish(),
  entropy: z.boolean().nullish(),
  values: z.boolean().nullish(),
  signals: signalRequestSchema.nullish(),
  divergence_from: opaque.nullish(),
  /** False leaves log-probs out of a backward pass's answer, which saves a forward pass. */
  logprobs: z.boolean().nullish(),
  /**
   * One number a datum where prompts of equal content are not one prompt: those with equal numbers are. The engine computes
   * the sequences of a prompt together, so that this decides the last bit of a gradient, and nothing more.
   */
  twins: z.array(count).nullish(),
});
export type WireForwardOptions = z.output<typeof forwardOptionsSchema>;

export const forwardRequestSchema = z.object({
  model_id: text,
  seq_id: index,
  forward_input: forwardInputSchema,
  fovea: forwardOptionsSchema.nullish(),
});
export const forwardBackwardRequestSchema = z.object({
  model_id: text,
  seq_id: index,
  forward_backward_input: forwardInputSchema,
  fovea: forwardOptionsSchema.nullish(),
});

export const adamSchema = z.object({
  learning_rate: z.number().default(1e-4),
  beta1: z.number().default(0.9),
  beta2: z.number().default(0.95),
  eps: z.number().default(1e-12),
  weight_decay: z.number().default(0),
  grad_clip_norm: z.number().default(0),
});
export const optimStepRequestSchema = z.object({
  model_id: text,
  seq_id: index,
  adam_params: adamSchema,
});

export const samplingParametersSchema = z.object({
  max_tokens: z.int().min(1).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string()), z.array(count)]).nullish(),
  temperature: z.number().min(0).default(1),
  top_k: z.int().default(-1),
  top_p: z.number().gt(0).max(1).default(1),
});
export type WireSamplingParameters = z.output<typeof samplingParametersSchema>;

export const sampleRequestSchema = z.object({
  prompt: modelInputSchema,
  num_samples: z.int().min(1).default(1),
  sampling_params: samplingParametersSchema,
  base_model: text.nullish(),
  model_path: text.nullish(),
  sampling_session_id: text.nullish(),
  seq_id: index,
  prompt_logprobs: z.boolean().nullish(),
  topk_prompt_logprobs: count.nullish(),
  fovea: z
    .object({
      /** Requests that are to be sampled in one batch, in the order of their places. */
      batch: z.object({ id: text, place: count, size: z.int().min(1) }).nullish(),
      signals: signalRequestSchema.nullish(),
    })
    .nullish(),
});
export type WireSampleRequest = z.output<typeof sampleRequestSchema>;

export const createSessionSchema = z.object({ sdk_version: z.string().nullish() });
export const heartbeatSchema = z.object({ session_id: text });
export const createModelSchema = z.object({
  session_id: text,
  model_seq_id: count.nullish(),
  base_model: text,
  lora_config: z
    .object({
      rank: count,
      seed: z.int().min(0).nullish(),
      train_attn: z.boolean().nullish(),
      train_mlp: z.boolean().nullish(),
    })
    .nullish(),
  model_role: z.enum(["policy", "critic"]).nullish(),
  fovea: z.object({ value_head: z.boolean().nullish() }).nullish(),
});
export const createSamplingSessionSchema = z.object({
  session_id: text,
  sampling_session_seq_id: count,
  base_model: text.nullish(),
  model_path: text.nullish(),
});
export const modelRequestSchema = z.object({ model_id: text, seq_id: index });
export const saveWeightsSchema = modelRequestSchema.extend({
  path: text.nullish(),
  overwrite: z.boolean().nullish(),
});
export const saveForSamplerSchema = modelRequestSchema.extend({
  path: text.nullish(),
  sampling_session_seq_id: count.nullish(),
});
export const loadWeightsSchema = modelRequestSchema.extend({
  path: text,
  optimizer: z.boolean().default(true),
});
export const retrieveSchema = z.object({ request_id: text });

/** What a server says of itself; `fovea` only where it speaks the extension. */
export const capabilitiesSchema = z.object({
  supported_models: z.array(z.object({ model_name: z.string().nullish() })),
  fovea: z.object({ protocol: z.int(), version: z.string() }).nullish(),
  /** Signals of a server without the extension. */
  fovea_signals: z
    .object({ protocol: z.int(), version: z.string(), capabilities: z.array(z.string()) })
    .nullish(),
});
export const sessionAnswerSchema = z.object({ session_id: text });
export const futureSchema = z.object({ request_id: text });
export const modelAnswerSchema = z.object({
  model_id: text,
  fovea: z.object({ capabilities: z.array(z.string()) }).nullish(),
});
export const samplingSessionAnswerSchema = z.object({ sampling_session_id: text });
export const pathAnswerSchema = z.object({ path: text });
export const forwardAnswerSchema = z.object({
  loss_fn_outputs: z.array(z.record(z.string(), answerTensorSchema)),
  metrics: z.record(z.string(), z.number().nullable()).nullish(),
});
export type WireForwardAnswer = z.output<typeof forwardAnswerSchema>;
export const stepAnswerSchema = z.object({
  metrics: z.record(z.string(), z.number().nullable()).nullish(),
});
/** The global norm that a server tells with a step, under whatever prefix and suffix. */
export function gradientNormOf({ metrics }: z.output<typeof stepAnswerSchema>): number | undefined {
  const norm = Object.entries(metrics ?? {}).find(([name]) => /(^|\/)grad_norm(:|$)/.test(name));
  return norm?.[1] ?? undefined;
}
export const sampleAnswerSchema = z.object({
  sequences: z.array(
    z.object({
      stop_reason: z.enum(["length", "stop"]),
      tokens: z.array(count),
      logprobs: z.array(z.number().nullable()).nullish(),
      entropy: z.array(z.number().nullable()).nullish(),
      signals: z.record(z.string(), tensorSchema).nullish(),
    }),
  ),
  prompt_logprobs: z.array(z.number().nullable()).nullish(),
});
export type WireSampleAnswer = z.output<typeof sampleAnswerSchema>;
export const failureSchema = z.object({
  error: z.string(),
  code: z.string().nullish(),
});

/** Adam's settings in the protocol's names. */
export function toAdam(adam: AdamParameters): z.output<typeof adamSchema> {
  return {
    learning_rate: adam.learningRate,
    beta1: adam.beta1,
    beta2: adam.beta2,
    eps: adam.epsilon,
    weight_decay: adam.weightDecay,
    grad_clip_norm: adam.maxGradientNorm,
  };
}

/** Numbers as a tensor of one dimension, or of the shape given. */
export function toTensor(
  values: ArrayLike<number>,
  dtype: "int64" | "float32" = "float32",
  shape: readonly number[] = [values.length],
): WireTensor {
  return { data: Array.from(values), dtype, shape: [...shape] };
}

/** The numbers of a tensor that is there and not packed. */
export function plainNumbers(tensor: AnswerTensor | undefined): readonly (number | null)[] | undefined {
  return tensor === undefined || typeof tensor.data === "string" ? undefined : tensor.data;
}

/** The numbers of a tensor; what JSON could not say is NaN. */
export function fromWire(values: readonly (number | null)[]): Float64Array {
  return Float64Array.from(values, (value) => value ?? Number.NaN);
}
