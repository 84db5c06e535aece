/**
 * @module
 * Which of a server's models is trained.
 */
import { EngineError } from "../../errors/index.ts";

/**
 * The model to train: the requested model, or the server's only model.
 *
 * @param names models that the server offers; a server may name none
 * @throws EngineError when there is no such model, or none was asked for and there is a choice
 */
export function chosenModel(asked: string | undefined, names: readonly string[], url: string): string {
  const offered = names.length === 0 ? "it names none" : `it has: ${names.join(", ")}`;
  if (asked !== undefined) {
    if (names.length > 0 && !names.includes(asked)) {
      throw new EngineError(`get_server_capabilities: ${url} has no model ${asked}; ${offered}`);
    }
    return asked;
  }
  const [only, ...others] = names;
  if (only === undefined || others.length > 0) {
    throw new EngineError(`engine.baseModel: expected the name of a model at ${url}; ${offered}`);
  }
  return only;
}
