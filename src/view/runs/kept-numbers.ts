/**
 * @module
 * The columns of numbers that were read of runs: many megabytes of a long run, so that only runs used last keep them.
 */
import { MetricTable } from "./metric-table.ts";
import { Recent } from "./recent.ts";
import { RecordedIndex } from "./recorded-index.ts";
import { RolloutIndex } from "./rollout-index.ts";

/** Runs whose metrics are kept: a page shows 24. */
const MOST_TABLES = 32;
/** Runs whose completions are kept: a page shows one. */
const MOST_ROLLOUTS = 4;

/** The completions of a run. */
interface RolloutNumbers {
  readonly index: RolloutIndex;
  readonly recorded: RecordedIndex;
}

/** Columns of numbers by run. */
export class KeptNumbers {
  readonly #tables: Recent<object, MetricTable>;
  readonly #rollouts = new Recent<object, RolloutNumbers>(MOST_ROLLOUTS);

  /** @param mostTables runs whose metrics are kept */
  constructor(mostTables = MOST_TABLES) {
    this.#tables = new Recent(mostTables);
  }

  metrics(run: object): MetricTable {
    return this.#tables.use(run, () => new MetricTable());
  }

  rollouts(run: object): RolloutNumbers {
    return this.#rollouts.use(run, () => ({ index: new RolloutIndex(), recorded: new RecordedIndex() }));
  }

  /** For a run that is gone, or another one now. */
  forget(run: object): void {
    this.#tables.delete(run);
    this.#rollouts.delete(run);
  }
}
