/**
 * @module
 * Particulars of SkyRL's server, which speaks the protocol and differs from it in places. Source:
 * skyrl/tinker/api.py, SkyRL 0.3.0 and 0.4.0. SkyRL 0.4.0 loads weights only as a model's first request
 * (`load_weights` there). So requests that come before go to a separate model, which is released afterwards.
 */
import type { ServerDescription } from "../engine.ts";
import { CROSS_ENTROPY, type LossReduction } from "./coefficient-loss.ts";
import { ANY_SEQUENCE, STANDING_STEP } from "./probe.ts";
import type { WeightKeeper } from "./reference-weights.ts";
import type { TinkerSession } from "./session.ts";
import type { PromptEncoder } from "./wire-prompt.ts";
import { toDatum } from "./wire-sequence.ts";

/** The server's name for itself, at its root address. */
const NAME = "Tinker API Mock";

/** Whether a server is SkyRL. */
export function isSkyrl({ name }: ServerDescription): boolean {
  return name === NAME;
}

/**
 * Finds out whether a SkyRL server reads the numbers of requests: one forward pass is asked for twice. SkyRL reads
 * them since August 2026 (#2035); its release 0.3.0 has no field for them.
 */
async function measureRepeats(session: TinkerSession, encoder: PromptEncoder): Promise<void> {
  const datum = toDatum(
    ANY_SEQUENCE,
    await encoder.encode(ANY_SEQUENCE.prompt),
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
  await session.mutate("optim_step", STANDING_STEP);
}

/** The parts with which a server that may be SkyRL is prepared. */
export interface Preparation {
  readonly session: TinkerSession;
  readonly encoder: PromptEncoder;
  readonly server: ServerDescription;
  /** The SkyRL that takes means is on JAX. */
  readonly reduction: LossReduction;
  /** Saves the model's training state and returns its path. */
  readonly save: () => Promise<string>;
  /** Gives the model up for a new one in its place. */
  readonly renew: () => Promise<void>;
}

/**
 * Makes ready for training on a server that may be SkyRL.
 *
 * @returns what keeps weights there
 */
export async function prepared(preparation: Preparation): Promise<WeightKeeper> {
  const { session, encoder, server, reduction, save, renew } = preparation;
  if (!isSkyrl(server)) return "sampler";
  await measureRepeats(session, encoder);
  if (reduction === "sum") return "none";
  if (session.loadsFirst) {
    await clearGradient(session);
    await renew();
    return "model";
  }
  const path = await save();
  await clearGradient(session);
  await session.mutate("load_weights", { path, optimizer: true });
  return "model";
}
