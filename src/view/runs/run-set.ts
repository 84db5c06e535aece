/**
 * @module
 * The runs that a viewer shows: the directories it was given, the runs inside them, and the warm starts inside those.
 */
import type { Listed } from "../protocol.ts";
import { KeptNumbers } from "./kept-numbers.ts";
import { newestOf } from "./newest.ts";
import type { Place, Places } from "./places.ts";
import { Recent } from "./recent.ts";
import { Run } from "./run.ts";

/** Runs in a list. */
const MOST_RUNS = 500;

/** Looks for runs; each is opened once and kept while it is there and used. */
export class RunSet {
  readonly #places: Places;
  readonly #most: number;
  readonly #numbers: KeptNumbers;
  /** Runs that were asked for: all of a list, and as many that are too old for it. */
  readonly #runs: Recent<string, Run>;

  /** @param most runs in a list */
  constructor(places: Places, most = MOST_RUNS, numbers = new KeptNumbers()) {
    this.#places = places;
    this.#most = most;
    this.#numbers = numbers;
    this.#runs = new Recent(2 * most);
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
    for (const [id, run] of this.#runs.entries()) {
      if (runs.get(id)?.path === run.path) continue;
      this.#runs.delete(id);
      this.#numbers.forget(run);
    }
    return runs;
  }

  #opened({ id, path, isRun }: Place): Run {
    if (this.#runs.get(id)?.path !== path) this.#runs.delete(id);
    return this.#runs.use(id, () => new Run(id, path, isRun, this.#numbers));
  }
}
