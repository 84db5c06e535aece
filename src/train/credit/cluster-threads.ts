/**
 * @module
 * AT-RL's clusters found on the controller, in as many threads as it has cores, for an engine that returns Gram matrices and
 * cannot find clusters beside its model. They replace T² numbers of a completion by O(T).
 */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Tinypool } from "tinypool";
import type { CreditMethod, CreditSignals, TokenClusters } from "../../credit/index.ts";
import { fromPlainError } from "../../errors/plain-error.ts";
import { packageFile } from "../../package/index.ts";
import type { ClusterOutcome, ClusterTask } from "./cluster-worker.ts";

/** Node 20 does not run TypeScript: from source, the threads run the built file too. */
const WORKER = packageFile("dist/train/credit/cluster-worker.js");

/** Numbers of Gram matrices below which starting threads takes longer than finding the clusters. */
const WORTH_THREADS = 2 ** 21;

/** Threads, started once there is work for them; `close` ends them. */
export class ClusterThreads {
  readonly #count: number;
  #pool: Tinypool | undefined;

  /** @param count as many threads at most; the cores that this process may use unless given */
  constructor(count: number = availableParallelism()) {
    this.#count = count;
  }

  /**
   * The signals with clusters in place of Gram matrices, where the method takes both and the work is worth threads; else
   * the signals as they are, from which the method finds the same clusters itself.
   *
   * @param signals of each completion
   * @throws NumericError when an inner product is NaN, infinite or out of range
   */
  async reduced(
    signals: readonly CreditSignals[],
    { needs, lighterNeeds }: Pick<CreditMethod, "needs" | "lighterNeeds">,
  ): Promise<readonly CreditSignals[]> {
    const request = lighterNeeds?.clusters;
    if (request === undefined || needs.calibrated === undefined || !this.#isWorth(signals)) return signals;
    const pool = this.#opened();
    return Promise.all(
      signals.map(async ({ calibrated, ...others }) =>
        calibrated === undefined
          ? others
          : { ...others, clusters: await found(pool, { ...calibrated, options: request }) },
      ),
    );
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
    this.#pool = undefined;
  }

  /** A bundled program has no file for threads to run. */
  #isWorth(signals: readonly CreditSignals[]): boolean {
    const numbers = signals.reduce((sum, { calibrated }) => sum + (calibrated?.gram.length ?? 0), 0);
    return this.#count > 1 && numbers >= WORTH_THREADS && existsSync(WORKER);
  }

  #opened(): Tinypool {
    this.#pool ??= new Tinypool({
      filename: fileURLToPath(WORKER),
      minThreads: 0,
      maxThreads: this.#count,
      // Threads stay between iterations: a new thread takes twice as long for its first completions.
      idleTimeout: 600_000,
    });
    return this.#pool;
  }
}

/** Sends the matrix where threads share its memory, else a copy: the caller keeps its own. */
async function found(pool: Tinypool, { connectivity, gram, options }: ClusterTask): Promise<TokenClusters> {
  const sent = gram.buffer instanceof SharedArrayBuffer ? gram : gram.slice();
  const task: ClusterTask = { connectivity, gram: sent, options };
  const transferList = sent.buffer instanceof ArrayBuffer ? [sent.buffer] : [];
  const outcome: ClusterOutcome = await pool.run(task, {
    name: "findClusters" satisfies keyof typeof import("./cluster-worker.ts"),
    transferList,
  });
  if ("error" in outcome) throw fromPlainError(outcome.error, "credit");
  return outcome.clusters;
}
