/**
 * @module
 * The built-in tasks by name. A new task needs a folder in `data/`, or a world in `data/digits`, and a line here.
 */
import { barsDefinition, dialsDefinition, digitsDefinition } from "../data/digits/index.ts";
import type { Task, TaskContext } from "../data/index.ts";
import { createPart, kindsOf } from "../parts/index.ts";

const definitions = [digitsDefinition, barsDefinition, dialsDefinition] as const;

/** Schemas of the built-in tasks. */
export const taskSchemas = [digitsDefinition.schema, barsDefinition.schema, dialsDefinition.schema] as const;

/** Names of the built-in tasks; the first is the default. */
export const taskNames: readonly string[] = kindsOf(definitions);

/** The built-in task that a configuration describes. */
export function createTask(config: { readonly kind: string }, context: TaskContext): Task {
  return createPart<TaskContext, Task>(definitions, config, context);
}
