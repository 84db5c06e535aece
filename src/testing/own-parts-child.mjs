/**
 * Trains examples/own-parts/run.yaml with the fake engine, from the built package, slowly enough to be killed in the
 * midst:
 *
 *     node src/testing/own-parts-child.mjs <configuration> <run directory> <milliseconds a step> <options of the engine as JSON>
 */
import { setTimeout } from "node:timers/promises";
import { readConfigFile, resolveConfig, runTraining } from "fovea/config";
import { createFakeEngine } from "fovea/engine";

const [file, runDirectory, pause, options] = process.argv.slice(2);
const engine = createFakeEngine(JSON.parse(options));

await runTraining({
  config: resolveConfig({ file: await readConfigFile(file) }),
  runDirectory,
  openEngine: async () => ({
    ...engine,
    step: async (adam) => {
      await setTimeout(Number(pause));
      return engine.step(adam);
    },
  }),
});
