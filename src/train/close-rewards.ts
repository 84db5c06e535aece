/**
 * @module
 * Closes the rewards of a run. A finished run stays finished when a reward cannot be closed.
 */
import { PartError } from "../errors/index.ts";
import { errorText, withinTime } from "../parts/index.ts";
import type { Reward } from "../reward/index.ts";

/** Milliseconds that a reward may take to close. */
const CLOSE_LIMIT = 60_000;

/** Rewards that are closed once. */
export class OpenRewards {
  #open: readonly Reward[];
  readonly #limit: number;

  constructor(rewards: readonly Reward[], limit = CLOSE_LIMIT) {
    this.#open = rewards;
    this.#limit = limit;
  }

  /**
   * Closes each reward that is still open, also where others fail.
   *
   * @param warn called with the name and the error of each that cannot be closed
   */
  async close(warn: (message: string) => void | Promise<void>): Promise<void> {
    const rewards = this.#open;
    this.#open = [];
    const late = () => new PartError(`did not end within ${this.#limit / 1000} s`);
    for (const reward of rewards) {
      try {
        await withinTime(reward.close?.(), { milliseconds: this.#limit, late });
      } catch (error) {
        await warn(`reward "${reward.name}": close: ${errorText(error)}`);
      }
    }
  }
}
