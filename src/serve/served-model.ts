/**
 * @module
 * A base model that the server offers: how an engine for it is opened, and what the server must know of it to read
 * requests.
 */
import type * as z from "zod";
import type { Engine, wire } from "../engine/index.ts";
import type { LoraModule, RgbImage } from "../model/index.ts";

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

/** What a client asks for when it makes a model. */
export interface ModelRequest {
  /** Absent, all weights are trained. */
  readonly lora?: LoraRequest | undefined;
  readonly valueHead: boolean;
}

export interface ServedModel {
  /** What clients call it. */
  readonly name: string;
  /** `model_type` of its config.json. */
  readonly architecture: string;
  /** Opens an engine with the base weights. */
  open(request: ModelRequest): Promise<Engine>;
  /** Tokens that an image stands for. */
  imageTokens(image: RgbImage): number;
  /** Ids that end a completion when the client names none. */
  readonly stopTokens: readonly number[];
  /** Ids of a text; a special token's text is its id. */
  encode(text: string): number[];
  /** The text of tokens, special ones left out. */
  text(tokens: ArrayLike<number>): string;
}
