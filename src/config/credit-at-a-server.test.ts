import { afterEach, describe, expect, test } from "vitest";
import { ALL_SIGNALS, withSignals } from "../testing/server-with-signals.ts";
import { TinkerWorld } from "../testing/tinker-fixtures.ts";
import { digitsFakeEngine } from "../testing/tiny-run.ts";
import { tinyTraining } from "../testing/tiny-training.ts";
import { requireSound } from "../train/checks/check-training.ts";
import { runIteration } from "../train/iteration/iteration.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

/** Training at a server of the plain protocol with signals, and what its `forward` was asked for. */
async function trainingAt(kind: string, capabilities: readonly string[] = ALL_SIGNALS.capabilities) {
  const { asked, wrapped } = withSignals({ ...ALL_SIGNALS, capabilities }, ["group_divergence"], {});
  const server = await world.server({ isExtended: false, engine: digitsFakeEngine });
  const engine = await world.client(server.url, { fetch: wrapped });
  return { asked, ...tinyTraining(engine, "train.reportKlEvery=0", `credit.kind=${kind}`) };
}

const CASES = [
  ["tw-grpo", "group-divergence", { "fovea.group_divergence": 8 }],
  ["cfpo", "value-replacement", { "fovea.replaced_values": 1, "fovea.replacement_threshold": 2 }],
] as const;

describe("at a server of the plain protocol with signals", () => {
  test.each(CASES)("%s learns from what it asks for", async (kind, _, config) => {
    const { asked, training, progress } = await trainingAt(kind);
    await requireSound(training, true);
    const { steps, metrics } = await runIteration(training, progress, 1);
    expect(steps).toMatchObject([{ applied: true }]);
    const numbers = Object.values(metrics).filter((value) => typeof value === "number");
    expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([]);
    const configs = asked.map(({ forward_input: input }) => input?.loss_fn_config);
    expect(configs.filter((one) => one !== undefined)).toEqual([config]);
  });

  test.each(CASES)(
    "%s is refused before the first step where an older server lacks it",
    async (kind, name) => {
      const older = ALL_SIGNALS.capabilities.filter((one) => one !== name);
      const { asked, training } = await trainingAt(kind, older);
      await expect(requireSound(training, true)).rejects.toThrow(`needs the engine capability "${name}"`);
      expect(asked).toHaveLength(0);
    },
  );
});
