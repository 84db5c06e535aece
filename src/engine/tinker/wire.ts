/**
 * @module
 * The Tinker protocol in the form that JSON bodies have: what requests and answers look like, for the client here and for
 * `fovea serve`. Binary bodies are read into the same form (`protobuf/`), with arrays of numbers as typed arrays and images as
 * bytes. Unknown fields are ignored on both sides. The field `fovea` and the extra keys of answers are this project's
 * extension; a server without it is never sent any, and a client without it never sees any.
 */
import * as z from "zod";
import { signalRequestSchema } from "../../credit/index.ts";
import { isSamplingTemperature, LEAST_TEMPERATURE, SAMPLING_TEMPERATURE } from "../../math/index.ts";
import type { AdamParameters } from "../engine.ts";

/** Version of the extension that this code speaks. */
export const EXTENSION_PROTOCOL = 1;

/** Earlier weights of a model that a server with the extension keeps for sampling sessions. */
export const KEPT_SNAPSHOTS = 4;

const text = z.string().min(1);
const count = z.int().min(0);
const index = z.int().min(0).nullish();
/** Of copies of a client, which the SDK numbers from up to 10¹⁸: beyond 2⁵³ not exact. */
const largeIndex = z.number().min(0).refine(Number.isInteger, { error: "expected a whole number" }).nullish();

/** Numbers of an array; null represents a number that JSON cannot express: NaN or infinite. */
export type WireNumbers = ArrayLike<number | null>;
const numbers: z.ZodType<WireNumbers> = z.union([z.array(z.number().nullable()), z.instanceof(Float64Array)]);

export const tensorSchema = z.object({
  data: numbers,
  dtype: z.enum(["int64", "float32"]).nullish(),
  shape: z.array(count).nullish(),
  sparse_crow_indices: z.array(count).nullish(),
});
export type WireTensor = z.output<typeof tensorSchema>;
/** Tensors of a sequence by name. */
export type WireTensors = Readonly<Record<string, WireTensor>>;

const imageFormat = z.enum(["png", "jpeg"]);
const expectedTokens = z.int().min(1).nullish();

export const chunkSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("encoded_text"), tokens: z.array(count) }),
  z.object({
    type: z.literal("image"),
    data: z.union([
      z.base64().transform((data): Uint8Array => Buffer.from(data, "base64")),
      z.instanceof(Uint8Array),
    ]),
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

/** The calls that take data; as binary messages both go to one address. */
export type ForwardCall = "forward" | "forward_backward";

/** The engine checks the details of an image ablation. */
const opaque = z.record(z.string(), z.unknown());

export const forwardOptionsSchema = z.object({
  weights: z.enum(["policy", "reference"]).nullish(),
  temperature: z.number().min(LEAST_TEMPERATURE).nullish(),
  entropy: z.boolean().nullish(),
  nucleus_entropy: z.number().positive().max(1).nullish(),
  values: z.boolean().nullish(),
  signals: signalRequestSchema.nullish(),
  divergence_from: opaque.nullish(),
  /** Likeliest tokens of each place. */
  alternatives: count.nullish(),
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

/** Beyond it a few steps take weights out of single precision. */
const MOST_RATE = 1000;
const rate = z.number().max(MOST_RATE, { error: `expected at most ${MOST_RATE}` });

export const adamSchema = z.object({
  learning_rate: rate.default(1e-4),
  beta1: z.number().default(0.9),
  beta2: z.number().default(0.95),
  eps: z.number().default(1e-12),
  weight_decay: rate.default(0),
  grad_clip_norm: z.number().default(0),
});
export const optimStepRequestSchema = z.object({
  model_id: text,
  seq_id: index,
  adam_params: adamSchema,
});

/** Most completions of one request, beyond which their names alone would stop the server. */
const MOST_SAMPLES = 65_536;

export const samplingParametersSchema = z.object({
  max_tokens: z.int().min(1).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string()), z.array(count)]).nullish(),
  temperature: z
    .number()
    .refine(isSamplingTemperature, { error: `expected ${SAMPLING_TEMPERATURE}` })
    .default(1),
  top_k: z.int().default(-1),
  top_p: z.number().gt(0).max(1).default(1),
});
export type WireSamplingParameters = z.output<typeof samplingParametersSchema>;

export const sampleRequestSchema = z.object({
  prompt: modelInputSchema,
  num_samples: z.int().min(1).max(MOST_SAMPLES).default(1),
  sampling_params: samplingParametersSchema,
  base_model: text.nullish(),
  model_path: text.nullish(),
  sampling_session_id: text.nullish(),
  seq_id: largeIndex,
  prompt_logprobs: z.boolean().nullish(),
  /** Only of the last so many tokens; null for those before. */
  prompt_logprobs_last_n: z.int().min(1).nullish(),
  topk_prompt_logprobs: count.nullish(),
  topk_sample_logprobs: count.nullish(),
  target_prompt_logprobs: z.unknown().optional(),
  prompt_alt_tokens_k: count.nullish(),
  record_stability_info: z.boolean().nullish(),
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
/** Which of a session's models a request makes. */
export const newModelSchema = z.object({ session_id: text, model_seq_id: count.nullish() });
/** Of every request that makes a model. */
export const newModelOptionsSchema = newModelSchema.extend({
  model_role: z.enum(["policy", "critic"]).nullish(),
  optimizer_config: z.object({ type: z.string() }).nullish(),
});
export const createModelSchema = newModelOptionsSchema.extend({
  base_model: text,
  lora_config: z
    .object({
      rank: count,
      seed: z.int().min(0).nullish(),
      train_attn: z.boolean().nullish(),
      train_mlp: z.boolean().nullish(),
    })
    .nullish(),
  fovea: z.object({ value_head: z.boolean().nullish() }).nullish(),
});
/** A new model whose first request is the loading of a checkpoint. */
export const loadNewModelSchema = newModelOptionsSchema.extend({
  base_model: text.nullish(),
  path: text,
  optimizer: z.boolean().default(true),
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
  kind: z.string().nullish(),
  path: text.nullish(),
  sampling_session_seq_id: count.nullish(),
});
export const loadWeightsSchema = modelRequestSchema.extend({
  path: text,
  optimizer: z.boolean().default(true),
});
export const weightsInfoSchema = z.object({ tinker_path: text });
export const retrieveSchema = z.object({ request_id: text });

/** A server's description of the request bodies that it accepts. */
export const clientConfigSchema = z.object({
  /** Whether `forward_backward` bodies are to be compressed with zstd. */
  proto_compress_fwdbwd: z.boolean().nullish(),
});

/** A server's description of itself; `fovea` only where it speaks the extension. */
export const capabilitiesSchema = z.object({
  supported_models: z.array(z.object({ model_name: z.string().nullish() })),
  fovea: z
    .object({
      protocol: z.int(),
      version: z.string(),
      /** Forms of bodies that it takes; JSON alone where it does not say. */
      wire: z.array(z.string()).nullish(),
    })
    .nullish(),
  /** Signals of a server without the extension. */
  fovea_signals: z
    .object({ protocol: z.int(), version: z.string(), capabilities: z.array(z.string()) })
    .nullish(),
});
const anyText = z.string().optional().catch(undefined);
/** A server's description of itself at its root address; anything may be there. */
export const rootSchema = z.object({ name: anyText, version: anyText }).catch({});
export const sessionAnswerSchema = z.object({ session_id: text, error_message: z.string().nullish() });
/** The answer of a result that is not there yet, where no status says so. */
export const pendingSchema = z.object({ type: z.literal("try_again") });
export const futureSchema = z.object({ request_id: text });
export const modelAnswerSchema = z.object({
  model_id: text,
  fovea: z.object({ capabilities: z.array(z.string()) }).nullish(),
});
export const samplingSessionAnswerSchema = z.object({ sampling_session_id: text });
export const pathAnswerSchema = z.object({ path: text });
export const forwardAnswerSchema = z.object({
  loss_fn_outputs: z.array(z.record(z.string(), tensorSchema)),
  metrics: z.record(z.string(), z.number().nullable()).nullish(),
});
export type WireForwardAnswer = z.output<typeof forwardAnswerSchema>;
export const stepAnswerSchema = z.object({
  metrics: z.record(z.string(), z.number().nullable()).nullish(),
});
/** The global norm that a server reports with a step, under any prefix and suffix. */
export function gradientNormOf({ metrics }: z.output<typeof stepAnswerSchema>): number | undefined {
  const norm = Object.entries(metrics ?? {}).find(([name]) => /(^|\/)grad_norm(:|$)/.test(name));
  return norm?.[1] ?? undefined;
}
export const sampleAnswerSchema = z.object({
  sequences: z.array(
    z.object({
      stop_reason: z.enum(["length", "stop"]),
      tokens: z.array(count) as z.ZodType<ArrayLike<number>>,
      logprobs: numbers.nullish(),
      entropy: numbers.nullish(),
      signals: z.record(z.string(), tensorSchema).nullish(),
    }),
  ),
  prompt_logprobs: numbers.nullish(),
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
  const data = values instanceof Float64Array ? values : Float64Array.from(values);
  return { data, dtype, shape: [...shape] };
}

/** The numbers of a tensor; what JSON could not say is NaN. */
export function fromWire(values: WireNumbers): Float64Array {
  return values instanceof Float64Array ? values : Float64Array.from(values, (value) => value ?? Number.NaN);
}

/** A body in JSON: typed arrays as lists, bytes as base64. */
export function jsonText(body: object): string {
  return JSON.stringify(body, function (this: Record<string, unknown>, key: string, value: unknown) {
    // A Buffer has become something else by now.
    const own = this[key];
    if (own instanceof Uint8Array)
      return Buffer.from(own.buffer, own.byteOffset, own.byteLength).toString("base64");
    return ArrayBuffer.isView(own) ? Array.from(own as unknown as ArrayLike<number>) : value;
  });
}
