/**
 * @module
 * The options of a Tinker engine.
 */
import * as z from "zod";

const minutes = (value: number) => z.number().positive().default(value);

export const tinkerSchema = z
  .strictObject({
    kind: z.literal("tinker"),
    url: z.url({ protocol: /^https?$/ }).describe("Address of the server, such as http://127.0.0.1:8000."),
    apiKeyVariable: z
      .string()
      .min(1)
      .default("TINKER_API_KEY")
      .describe("Environment variable with the API key; the key itself is never recorded."),
    baseModel: z
      .string()
      .min(1)
      .optional()
      .describe("Name of the model at the server; by default its only model."),
    loraRank: z.int().min(0).default(0).describe("Rank of LoRA; 0 trains all weights."),
    loraSeed: z.int().min(0).optional().describe("Seed of LoRA's initial factors; by default the server's."),
    measureMismatch: z
      .boolean()
      .default(true)
      .describe("Compare the sampler's log-probs with the trainer's in every iteration."),
    check: z
      .union([z.boolean(), z.strictObject({ threshold: z.number().positive() })])
      .default(true)
      .describe(
        "Compare sampler and trainer on two pictures before the run, before and after a step that is then undone. Stop above a mean |Δ log-prob| in nats: true (0.1), false, or { threshold }.",
      ),
    wire: z
      .enum(["auto", "protobuf", "json"])
      .default("auto")
      .describe("Encoding of large bodies; auto queries the server."),
    lossReduction: z
      .enum(["auto", "sum", "mean"])
      .default("auto")
      .describe(
        "How the server adds up losses: sum, as the protocol says, or mean over weights and sequences, as SkyRL on JAX; auto measures it.",
      ),
    maxRequestMegabytes: z
      .number()
      .positive()
      .default(64)
      .describe("Largest batch of a request; a larger batch is split."),
    retryMinutes: minutes(5).describe("How long a request without an answer is retried."),
    resultMinutes: minutes(60).describe("How long the client waits for a result."),
  })
  .describe(
    "A server that speaks the Tinker protocol: SkyRL on a cluster, fovea serve, or a hosted service.",
  );
