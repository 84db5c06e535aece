/**
 * @module
 * The check of a remote engine before a run's first step, on two generated pictures.
 */
import { type CheckOptions, type CheckPrompts, type Engine, requireSoundEngine } from "../../engine/index.ts";
import type { Dialogue } from "../../eval/index.ts";
import { Rng } from "../../math/index.ts";
import type { RgbImage } from "../../model/index.ts";
import type { OnEvent } from "../../train/index.ts";
import type { Config } from "../schema.ts";

const SIDE = 56;
const QUESTION = "What is in the picture?";

/** A picture of noise, another one for each number. */
function noise(number: number): RgbImage {
  const rng = new Rng(number).fork("engine check");
  const data = new Uint8Array(SIDE * SIDE * 3).map(() => Math.floor(256 * rng.uniform()));
  return { width: SIDE, height: SIDE, data };
}

/** The prompts of the engine check. */
export function checkPrompts(engine: Engine, dialogue: Dialogue): CheckPrompts {
  const prompt = (...images: readonly RgbImage[]) =>
    dialogue.prompt({ id: "engine-check", images, question: QUESTION, answers: [""], columns: {} });
  const text = prompt();
  // A text model takes no pictures.
  if (!engine.capabilities.has("image-ablation")) return { text };
  return { text, pictures: [prompt(noise(0)), prompt(noise(1))] };
}

/** The settings of the engine check; undefined when the check is off. */
export function checkOptions(
  engine: Engine,
  dialogue: Dialogue,
  config: Pick<Config, "engine" | "train">,
): CheckOptions | undefined {
  if (config.engine.kind !== "tinker" || config.engine.check === false) return undefined;
  const { check } = config.engine;
  return {
    prompts: checkPrompts(engine, dialogue),
    stopTokens: dialogue.stopTokens,
    seed: config.train.seed,
    ...(check !== true && { threshold: check.threshold }),
  };
}

/**
 * Checks the engine of a run if it is remote.
 *
 * @throws EngineError with the numbers and the likely cause, when sampler and trainer differ too much
 */
export async function checkRunEngine(
  engine: Engine,
  dialogue: Dialogue,
  config: Config,
  onEvent: OnEvent,
): Promise<void> {
  const options = checkOptions(engine, dialogue, config);
  if (options === undefined) return;
  onEvent({ event: "engine-check", ...(await requireSoundEngine(engine, options)) });
}
