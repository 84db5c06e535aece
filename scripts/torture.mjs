/**
 * Torture: what may happen to a run happens to it, many times, and nothing may be lost or differ.
 *
 *     npm run torture -- [--trials training,evaluation,server,files,images,disk,network,clock,soak] [--kills 200] [--files 20000]
 *         [--stride 1] [--minutes 120] [--seed 0] [--out runs/torture.jsonl]
 *     npm run torture -- --table                # the newest result of each trial as Markdown
 *
 * Each trial appends a line to the results; a trial that went wrong makes the exit status 1.
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { Rng } from "fovea/math";
import { fullDisk, jumpingClock } from "./torture/disturbed-process.mjs";
import { killedEvaluation } from "./torture/killed-evaluation.mjs";
import { killedServer } from "./torture/killed-server.mjs";
import { killedTraining } from "./torture/killed-training.mjs";
import { recordedTests } from "./torture/recorded-tests.mjs";
import { table } from "./torture/report.mjs";
import { soak } from "./torture/soak.mjs";

const { values } = parseArgs({
  options: {
    trials: { type: "string", default: "training,evaluation,server,files,images,disk,network,clock,soak" },
    kills: { type: "string", default: "200" },
    files: { type: "string", default: "20000" },
    stride: { type: "string", default: "1" },
    minutes: { type: "string", default: "120" },
    seed: { type: "string", default: "0" },
    out: { type: "string", default: "runs/torture.jsonl" },
    table: { type: "boolean", default: false },
  },
});
const scratch = mkdtempSync(join(tmpdir(), "torture-"));
const rng = new Rng(Number(values.seed));
const [kills, size, minutes] = [Number(values.kills), Number(values.files), Number(values.minutes)];
const slow = "vitest.slow.config.ts";

/** @type {Record<string, () => Promise<import("./torture/report.mjs").Trial>>} */
const TRIALS = {
  training: () => killedTraining({ kills, directory: join(scratch, "training"), rng: rng.fork("training") }),
  evaluation: () =>
    killedEvaluation({ kills, directory: join(scratch, "evaluation"), rng: rng.fork("evaluation") }),
  server: () => killedServer({ kills, directory: join(scratch, "server"), rng: rng.fork("server") }),
  files: () => recordedTests({ name: "changed files", config: slow, files: ["src/data/files/fuzz"], size }),
  images: () =>
    recordedTests({ name: "changed images", config: slow, files: ["src/model/image/decode-fuzz"], size }),
  disk: () => fullDisk({ directory: join(scratch, "disk"), stride: Number(values.stride) }),
  network: () => recordedTests({ name: "a network with faults", files: ["src/engine/tinker/faults"] }),
  clock: () => jumpingClock({ directory: join(scratch, "clock") }),
  soak: () => soak({ minutes, directory: join(scratch, "soak") }),
};

/** @returns {import("./torture/report.mjs").Result[]} */
const results = () =>
  existsSync(values.out)
    ? readFileSync(values.out, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
    : [];

if (values.table) console.log(table(results()));
else {
  mkdirSync(dirname(values.out), { recursive: true });
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  for (const name of values.trials.split(",")) {
    const trial = TRIALS[name];
    if (trial === undefined)
      throw new Error(`--trials: expected ${Object.keys(TRIALS).join(", ")}, got ${name}`);
    const start = performance.now();
    const found = await trial();
    const seconds = Math.round((performance.now() - start) / 1000);
    const result = {
      ...found,
      seconds,
      commit,
      date: new Date().toISOString().slice(0, 10),
      node: process.version,
    };
    appendFileSync(values.out, `${JSON.stringify(result)}\n`);
    console.log(JSON.stringify(result));
    if (found.wrong.length > 0) process.exitCode = 1;
  }
}
rmSync(scratch, { recursive: true, force: true });
