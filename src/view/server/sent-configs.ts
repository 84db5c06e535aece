/**
 * @module
 * Configurations are most of a list of runs and rarely change: a page that asks again is sent only new configurations.
 */
import { randomUUID } from "node:crypto";
import type { Listed, RunList, RunSummary } from "../protocol.ts";

/** Numbers the configurations of runs in the order in which they were first seen. */
export class SentConfigs {
  /** Another for each server, so that numbers of a server before count for nothing. */
  readonly #server = randomUUID();
  readonly #changes = new Map<string, { readonly version: string; readonly number: number }>();
  #newest = 0;

  /**
   * The list without the configurations that a page has.
   *
   * @param seen of the last list that the page was sent; "" for none
   */
  listed({ items, older }: Listed<RunSummary>, seen: string): RunList {
    const [server, number] = seen.split(".");
    const last = server === this.#server ? Number(number) : 0;
    const numbered = items.map((run) => [run, this.#numberOf(run)] as const);
    return {
      items: numbered.map(([run, own]) => (own > last ? run : { ...run, config: null })),
      older,
      seen: `${this.#server}.${this.#newest}`,
    };
  }

  #numberOf({ id, version }: RunSummary): number {
    const known = this.#changes.get(id);
    if (known?.version === version) return known.number;
    this.#newest += 1;
    this.#changes.set(id, { version, number: this.#newest });
    return this.#newest;
  }
}
