/**
 * @module
 * What the journal's lines come to: the sessions, models, checkpoints, sampling sessions and results that still count.
 */
import type { EntryOf, JournalEntry } from "./journal.ts";

export interface SavedState {
  readonly sessions: readonly string[];
  /** Models that were put down in order; others were lost with the process. */
  readonly models: readonly { readonly model: EntryOf<"model">; readonly rested: EntryOf<"rested"> }[];
  readonly checkpoints: readonly EntryOf<"checkpoint">[];
  readonly samplers: readonly EntryOf<"sampler">[];
  readonly results: readonly EntryOf<"result">[];
}

/** Reads lines in their order. */
export function readState(entries: readonly JournalEntry[]): SavedState {
  const sessions = new Set<string>();
  const models = new Map<string, EntryOf<"model">>();
  const rested = new Map<string, EntryOf<"rested">>();
  const checkpoints = new Map<string, EntryOf<"checkpoint">>();
  const samplers = new Map<string, EntryOf<"sampler">>();
  const results = new Map<string, EntryOf<"result">>();
  for (const entry of entries) {
    switch (entry.kind) {
      case "session":
        sessions.add(entry.id);
        break;
      case "session-end":
        sessions.delete(entry.id);
        break;
      case "model":
        models.set(entry.id, entry);
        break;
      case "model-end":
        models.delete(entry.id);
        break;
      case "rested":
        rested.set(entry.id, entry);
        break;
      case "checkpoint":
        checkpoints.set(entry.path, entry);
        break;
      case "checkpoint-end":
        checkpoints.delete(entry.path);
        break;
      case "sampler":
        samplers.set(entry.id, entry);
        break;
      case "result":
        results.set(entry.id, entry);
        break;
    }
  }
  const isLive = ({ session }: { readonly session: string }) => sessions.has(session);
  return {
    sessions: [...sessions],
    models: [...models.values()].flatMap((model) => {
      const own = rested.get(model.id);
      return own === undefined ? [] : [{ model, rested: own }];
    }),
    checkpoints: [...checkpoints.values()],
    samplers: [...samplers.values()].filter(isLive),
    results: [...results.values()].filter(isLive),
  };
}
