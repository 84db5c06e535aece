/**
 * @module
 * A base model that the server offers: how an engine for it is opened, and the facts that the server needs to read
 * requests.
 */
import type * as z from "zod";
import type { Engine, wire } from "../engine/index.ts";
import type { Dialogue } from "../eval/index.ts";
import type { LoraModule, Tokenizer } from "../model/index.ts";
import { Refusal } from "./refusal.ts";

/** Adapters to train. */
export interface LoraRequest {
  readonly rank: number;
  readonly modules: readonly LoraModule[];
  readonly seed: number;
}

const ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"] as const satisfies readonly LoraModule[];
const MLP = ["gate_proj", "up_proj", "down_proj"] as const satisfies readonly LoraModule[];

/**
 * Adapters as the protocol asks for them; none where the rank is 0.
 *
 * @throws Refusal when they would be on nothing
 */
export function loraRequest(
  config: z.output<typeof wire.createModelSchema>["lora_config"],
): LoraRequest | undefined {
  if (config == null || config.rank === 0) return undefined;
  const { rank, seed, train_attn: attention, train_mlp: mlp } = config;
  const modules = [...((attention ?? true) ? ATTENTION : []), ...((mlp ?? true) ? MLP : [])];
  if (modules.length === 0) {
    throw new Refusal(
      "unsupported",
      "lora_config: expected train_attn or train_mlp, got neither; this server has no adapters of train_unembed",
    );
  }
  return { rank, modules, seed: seed ?? 0 };
}

/** The parts of a model that adapters are on, in the protocol's names. */
export function loraParts({ modules }: LoraRequest) {
  return {
    train_attn: modules.some((module) => ATTENTION.some((own) => own === module)),
    train_mlp: modules.some((module) => MLP.some((own) => own === module)),
    train_unembed: false,
  };
}

/** Which weights are trained, in words. */
export function trainedWeights(lora: LoraRequest | undefined): string {
  return lora === undefined ? "all weights" : `adapters of rank ${lora.rank} on ${lora.modules.join(", ")}`;
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
  /** @throws EngineError naming an id that is not a text token, and its place */
  checkText(tokens: Iterable<number>, where: string): void;
  /** Tokens of prompt and completion that the model promises to handle. */
  readonly contextLength: number;
}
