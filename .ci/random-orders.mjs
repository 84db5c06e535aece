/**
 * Tests that depend on their order: the whole suite in random orders of files and of tests, each order by its own seed.
 *
 *     npm run test:orders -- [--orders 10] [--seed 1] [files …]
 *
 * Prints the outcome of each order as it ends, and in the end each test that failed, with the seeds of its orders. The exit
 * status is 1 where any failed. `npx vitest run --sequence.shuffle --sequence.seed <seed>` repeats an order.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./repository-files.mjs";

const { values, positionals } = parseArgs({
  options: { orders: { type: "string", default: "10" }, seed: { type: "string", default: "1" } },
  allowPositionals: true,
});
const first = Number(values.seed);
const scratch = mkdtempSync(join(tmpdir(), "orders-"));
/** @type {Map<string, number[]>} seeds of the orders in which a test failed */
const failures = new Map();

for (let seed = first; seed < first + Number(values.orders); seed++) {
  const start = performance.now();
  const report = join(scratch, `${seed}.json`);
  const order = ["--sequence.shuffle.files", "--sequence.shuffle.tests", `--sequence.seed=${seed}`];
  const { status, signal } = spawnSync(
    "npx",
    ["vitest", "run", ...order, "--reporter=json", `--outputFile=${report}`, ...positionals],
    { cwd: root, stdio: ["ignore", "ignore", "inherit"] },
  );
  const { numPassedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  const failed = testResults.flatMap(({ name, status, assertionResults }) => {
    const own = assertionResults.filter((test) => test.status === "failed").map(({ fullName }) => fullName);
    if (own.length === 0 && status === "failed") own.push("could not be loaded");
    return own.map((test) => `${relative(root, name)}: ${test}`);
  });
  if (failed.length === 0 && status !== 0) failed.push(`vitest ended with ${status ?? signal}`);
  if (numPassedTests === 0) failed.push("no test ran");
  for (const test of failed) failures.set(test, [...(failures.get(test) ?? []), seed]);
  const seconds = Math.round((performance.now() - start) / 1000);
  console.log(`seed ${seed}: ${numPassedTests} passed, ${failed.length} failed, ${seconds} s`);
  for (const test of failed) console.log(`  ${test}`);
}
rmSync(scratch, { recursive: true, force: true });
for (const [test, seeds] of failures) console.log(`${test} (seeds ${seeds.join(", ")})`);
if (failures.size > 0) process.exitCode = 1;
