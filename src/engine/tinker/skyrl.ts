/**
 * @module
 * What must be known of SkyRL's server, which speaks the protocol and differs from it in places. Source: skyrl/tinker/api.py,
 * SkyRL 0.3.0.
 */
import { EngineError } from "../../errors/index.ts";
import type { Sequence } from "../engine.ts";
import { CROSS_ENTROPY, type LossReduction } from "./coefficient-loss.ts";
import type { HttpClient } from "./http-client.ts";
import type { WeightKeeper } from "./reference-weights.ts";
import type { TinkerSession } from "./session.ts";
import type { PromptEncoder } from "./wire-prompt.ts";
import { toDatum } from "./wire-sequence.ts";

/** What it calls itself. */
const NAME = "Tinker API Mock";

/** Tokens that every model has. */
const ANY: Sequence = {
  prompt: { chunks: [{ kind: "text", tokens: [0] }] },
  completion: Int32Array.of(1, 0),
};

/** Whether the server is SkyRL's, by its root. */
async function isSkyRl(http: HttpClient): Promise<boolean> {
  try {
    const about = await http.send({ call: "root", path: "/", isOnce: true });
    return (about as { readonly name?: unknown }).name === NAME;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return false;
  }
}

/**
 * Finds out whether a SkyRL looks at the numbers of requests, as it does since August 2026 (#2035) and its release 0.3.0 does not,
 * which has no field for them: one forward pass is asked for twice.
 */
async function measureRepeats(session: TinkerSession, encoder: PromptEncoder): Promise<void> {
  const datum = toDatum(
    ANY,
    await encoder.encode(ANY.prompt),
    { weights: Float64Array.of(1, 1) },
    "sequence",
  );
  await session.measureRepeats({ data: [datum, datum], loss_fn: CROSS_ENTROPY.loss_fn });
}

/**
 * Clears what gradient is in a model's place. The JAX backend leaves there what a model had when it was given up, and the next
 * one's first step would take it (`delete_model` of skyrl/backends/jax.py, 0.3.0). The moments of Adam take it now: the model's
 * training state is to be loaded afterwards.
 */
export async function clearGradient(session: TinkerSession): Promise<void> {
  const adam_params = { learning_rate: 0, beta1: 0.9, beta2: 0.95, eps: 1e-12, weight_decay: 0 };
  await session.mutate("optim_step", { adam_params });
}

/**
 * Makes ready for training on a server that may be SkyRL.
 *
 * @param reduction the SkyRL that takes means is on JAX
 * @param save saves the model's training state and tells where
 * @returns what keeps weights there
 */
export async function prepared(
  http: HttpClient,
  session: TinkerSession,
  encoder: PromptEncoder,
  reduction: LossReduction,
  save: () => Promise<string>,
): Promise<WeightKeeper> {
  if (!(await isSkyRl(http))) return "sampler";
  await measureRepeats(session, encoder);
  if (reduction === "sum") return "none";
  const path = await save();
  await clearGradient(session);
  await session.mutate("load_weights", { path, optimizer: true });
  return "model";
}
