import { expect, test } from "vitest";
import { runTraining } from "../../config/run.ts";
import type { Engine } from "../../engine/index.ts";
import { digitsFakeEngine, freshPath, steadyClock, tinyConfig } from "../../testing/tiny-run.ts";

test("weights are let go once, when every batch from them is there", async () => {
  const inner = digitsFakeEngine();
  const events: string[] = [];
  let made = 0;
  const engine: Engine = {
    ...inner,
    async sampler() {
      const sampler = await inner.sampler();
      const number = ++made;
      events.push(`make ${number}`);
      return {
        async sample(request) {
          const groups = await sampler.sample(request);
          events.push(`sampled from ${number}`);
          return groups;
        },
        release: () => events.push(`release ${number}`),
      };
    },
  };
  const flags = ["train.maxStaleness=2", "train.reportKlEvery=0", "credit=uniform"];
  await runTraining({
    config: tinyConfig(...flags),
    runDirectory: freshPath(),
    openEngine: async () => engine,
    clock: steadyClock(),
  });
  expect(made).toBe(3);
  for (const [number, batches] of [2, 1, 1].entries()) {
    const own = events.filter((event) => event.endsWith(` ${number + 1}`));
    const samples = new Array<string>(batches).fill(`sampled from ${number + 1}`);
    expect(own).toEqual([`make ${number + 1}`, ...samples, `release ${number + 1}`]);
  }
});
