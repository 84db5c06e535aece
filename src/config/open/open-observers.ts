/**
 * @module
 * The observers that a configuration names: TensorBoard, and observers of user modules.
 */
import { join } from "node:path";
import { membersOf } from "../../parts/index.ts";
import { type Observer, type ObserverContext, requireObserver, tensorboard } from "../../train/index.ts";
import { type ModuleLimits, makePart } from "../modules/load-module.ts";
import type { Config } from "../schema.ts";

const MEMBERS = ["name", "start", "event", "rollouts", "finish", "fail", "checkpoints"] as const;

/**
 * The observers of a run.
 *
 * @throws ConfigError when a module does not load or makes no observer
 */
export async function openObservers(
  { observers = [] }: Pick<Config, "observers">,
  context: ObserverContext,
  limits?: ModuleLimits,
): Promise<Observer[]> {
  const opened: Observer[] = [];
  for (const [i, entry] of observers.entries()) {
    if (entry.kind === "tensorboard") {
      opened.push(tensorboard(entry.directory ?? join(context.runDirectory, "tensorboard")));
      continue;
    }
    const where = `observers[${i}]`;
    const made = await makePart<ObserverContext, unknown>(entry, context, where, limits);
    requireObserver(made.part, `${where} (${made.origin})`);
    opened.push({ name: made.name, ...membersOf(made.part, MEMBERS) });
  }
  return opened;
}
