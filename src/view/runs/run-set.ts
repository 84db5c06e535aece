/**
 * @module
 * The runs that a viewer shows: the directories it was given, the runs inside them, and the warm starts inside those.
 */
import type { Listed } from "../protocol.ts";
import { newestOf } from "./newest.ts";
import type { Place, Places } from "./places.ts";
import { Run } from "./run.ts";

/** Runs in a list. */
const MOST_RUNS = 500;

/** Looks for runs; each is opened once and kept while it is there. */
export class RunSet {
  readonly #places: Places;
  readonly #most: number;
  /** Runs that were asked for. */
  #runs = new Map<string, Run>();

  /** @param most runs in a list */
  constructor(places: Places, most = MOST_RUNS) {
    this.#places = places;
    this.#most = most;
  }

  /**
   * The newest runs, in the order in which they were given.
   *
   * @param named ids of runs that are in the list however old they are
   */
  async list(named: readonly string[] = []): Promise<Listed<Run>> {
    const { items, older } = await newestOf([...(await this.#look()).values()], this.#most, new Set(named));
    return { items: items.map((place) => this.#opened(place)), older };
  }

  /** Forgets how fresh the last look is: something is known to have changed. */
  lookAgain(): void {
    this.#places.lookAgain();
  }

  /** The run of an id, also one that is too old for the list. */
  async find(id: string): Promise<Run | undefined> {
    const known = this.#runs.get(id);
    if (known !== undefined) return known;
    const place = (await this.#look()).get(id);
    if (place !== undefined) return this.#opened(place);
    this.lookAgain();
    const found = (await this.#look()).get(id);
    return found && this.#opened(found);
  }

  async #look(): Promise<ReadonlyMap<string, Place>> {
    const { runs } = await this.#places.look();
    this.#runs = new Map([...this.#runs].filter(([id, { path }]) => runs.get(id)?.path === path));
    return runs;
  }

  #opened({ id, path, isRun }: Place): Run {
    const known = this.#runs.get(id);
    if (known?.path === path) return known;
    const run = new Run(id, path, isRun);
    this.#runs.set(id, run);
    return run;
  }
}
