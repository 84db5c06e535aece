/**
 * @module
 * A base model that the server offers: how an engine for it is opened, and the facts that the server needs to read
 * requests.
 */
import type * as z from "zod";
import type { Engine, wire } from "../engine/index.ts";
import type { Dialogue } from "../eval/index.ts";
import type { LoraModule, Tokenizer } from "../model/index.ts";

/** Adapters to train. */
export interface LoraRequest {
  readonly rank: number;
  readonly modules: readonly LoraModule[];
  readonly seed: number;
}

const ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"] as const satisfies readonly LoraModule[];
const MLP = ["gate_proj", "up_proj", "down_proj"] as const satisfies readonly LoraModule[];

/** Adapters as the protocol asks for them; none where the rank is 0. */
export function loraRequest(
  config: z.output<typeof wire.createModelSchema>["lora_config"],
): LoraRequest | undefined {
  if (config == null || config.rank === 0) return undefined;
  const { rank, seed, train_attn: attention, train_mlp: mlp } = config;
  const modules = [...((attention ?? true) ? ATTENTION : []), ...((mlp ?? true) ? MLP : [])];
  return { rank, modules, seed: seed ?? 0 };
}

/** A client's request for a new model. */
export interface ModelRequest {
  /** Absent, all weights are trained. */
  readonly lora?: LoraRequest | undefined;
  readonly valueHead: boolean;
}

export interface ServedModel {
  /** Its name for clients. */
  readonly name: string;
  /** `model_type` of its config.json. */
  readonly architecture: string;
  /** Opens an engine with the base weights. */
  open(request: ModelRequest): Promise<Engine>;
  /** How it is asked, which ids end a completion when the client names none, and how tokens are read. */
  readonly dialogue: Dialogue;
  readonly tokenizer: Tokenizer;
  /** Tokens of prompt and completion that the model promises to handle. */
  readonly contextLength: number;
}
