/**
 * @module
 * The engine of a user module, checked against the contract before it is used.
 */
import type { Engine, EngineContext } from "../../engine/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { shownValue } from "../../parts/index.ts";
import { type ModuleReference, makePart } from "../modules/load-module.ts";

const METHODS = [
  "sample",
  "score",
  "accumulate",
  "step",
  "sampler",
  "setReference",
  "save",
  "load",
  "close",
] as const satisfies readonly (keyof Engine)[];

/**
 * The engine that a module makes.
 *
 * @throws ConfigError naming file and export, when it lacks methods or its set of capabilities
 */
export async function engineModule(reference: ModuleReference, context: EngineContext): Promise<Engine> {
  const { part, origin } = await makePart<EngineContext, Engine>(reference, context, "engine");
  const where = `engine (${origin})`;
  const missing = METHODS.filter((name) => typeof part[name] !== "function");
  if (missing.length > 0) {
    throw new ConfigError(
      `${where}: expected an engine with the functions ${METHODS.join(", ")}; got ${shownValue(part)}, without ${missing.join(", ")}`,
    );
  }
  if (!(part.capabilities instanceof Set)) {
    throw new ConfigError(
      `${where}: capabilities: expected a Set of their names, got ${shownValue(part.capabilities)}`,
    );
  }
  return part;
}
