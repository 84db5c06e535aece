/**
 * @module
 * The directory of a configuration's model on this machine.
 */
import { ConfigError } from "../../errors/index.ts";
import type { Config } from "../schema.ts";

/**
 * The model's directory; none for the built-in one.
 *
 * @throws ConfigError when the model is one of the hub: `fetchModel` comes first
 */
export function modelDirectory(model: Config["model"]): string | undefined {
  if (model.kind === "hub") {
    throw new ConfigError(`model: expected a local model, got ${model.name} of the hub (fetchModel)`);
  }
  return model.kind === "directory" ? model.path : undefined;
}
