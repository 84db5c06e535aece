/**
 * @module
 * The observers that a configuration names: TensorBoard, and observers of user modules.
 */
import { basename, dirname, join, resolve } from "node:path";
import { membersOf } from "../../parts/index.ts";
import { type Observer, type ObserverContext, requireObserver, tensorboard } from "../../train/index.ts";
import { type ModuleLimits, makePart } from "../modules/load-module.ts";
import type { Config } from "../schema.ts";
import { WARM_START } from "../warm-start.ts";

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
      const { directory } = entry;
      opened.push(
        tensorboard(
          directory === undefined
            ? join(context.runDirectory, "tensorboard")
            : join(directory, runName(context.runDirectory)),
        ),
      );
      continue;
    }
    const where = `observers[${i}]`;
    const made = await makePart<ObserverContext, unknown>(entry, context, where, limits);
    requireObserver(made.part, `${where} (${made.origin})`);
    opened.push({ name: made.name, ...membersOf(made.part, MEMBERS) });
  }
  return opened;
}

/** The name of a run; of the warm start within a run, both names. */
function runName(runDirectory: string): string {
  const path = resolve(runDirectory);
  return basename(path) === WARM_START ? join(basename(dirname(path)), WARM_START) : basename(path);
}
