import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { outcomeOf } from "../scripts/torture/recorded-tests.mjs";
import { growthOf } from "../scripts/torture/soak.mjs";
import { auditOutcome } from "./audit-outcome.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const node = (/** @type {string[]} */ ...words) =>
  spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });

describe("npm audit", () => {
  const answer = (/** @type {object} */ json) => auditOutcome({ stdout: JSON.stringify(json), stderr: "" });

  test("passes without serious vulnerabilities, and where the registry has no advisories", () => {
    expect(
      answer({ metadata: { vulnerabilities: { low: 1, high: 0, critical: 0 } } }).problem,
    ).toBeUndefined();
    expect(answer({ statusCode: 405, message: "405 Method Not Allowed" }).problem).toBeUndefined();
  });

  test("fails with serious vulnerabilities, and whenever it cannot be asked", () => {
    expect(answer({ metadata: { vulnerabilities: { high: 1, critical: 2 } } }).problem).toBe(
      "npm audit: 1 high, 2 critical",
    );
    expect(
      answer({ message: "request failed, reason: EAI_AGAIN", error: { summary: "" } }).problem,
    ).toContain("EAI_AGAIN");
    expect(answer({ error: { code: "ENOLOCK", summary: "needs a lockfile" } }).problem).toContain("lockfile");
    expect(auditOutcome({ stdout: "", stderr: "boom" }).problem).toContain("boom");
    const error = new Error("spawn npm ENOENT");
    expect(auditOutcome({ error, stdout: null, stderr: null }).problem).toContain("ENOENT");
  });
});

test("prose fails for a path without files", () => {
  const { status, stderr } = node(".ci/prose.mjs", "src/cli", "src/clli");
  expect(status).toBe(1);
  expect(stderr).toBe("src/clli: has no file that the rules read\n");
}, 60_000);

describe("torture", () => {
  const passed = { status: "passed", fullName: "a", failureMessages: [] };
  const report = (/** @type {object} */ file, /** @type {boolean} */ success) =>
    JSON.stringify({
      success,
      numPassedTests: 1,
      testResults: [{ name: "a.test.ts", status: "passed", assertionResults: [passed] }, file],
    });

  test("counts a test file that cannot be loaded, a failed test and any other failure", () => {
    const broken = { name: "b.test.ts", status: "failed", message: "cannot be loaded", assertionResults: [] };
    expect(outcomeOf(report(broken, false), "1")).toEqual({
      passed: 1,
      wrong: ["b.test.ts: cannot be loaded"],
    });
    const failed = { status: "failed", fullName: "b", failureMessages: ["no"] };
    const file = { name: "b.test.ts", status: "failed", assertionResults: [failed] };
    expect(outcomeOf(report(file, false), "1").wrong).toEqual(["b: no"]);
    const good = { name: "b.test.ts", status: "passed", assertionResults: [passed] };
    expect(outcomeOf(report(good, true), "0").wrong).toEqual([]);
    expect(outcomeOf(report(good, true), "1").wrong).toEqual(["vitest: exit 1"]);
    expect(outcomeOf("npx: not found", "127").wrong).toEqual(["vitest: exit 127, no report"]);
  });

  test("tells growth of memory, and too few rounds to tell", () => {
    expect(growthOf({ serve: [90, 100, 100], view: [90, 100, 120] })).toEqual([
      "view: 100 MiB, then 120 MiB",
    ]);
    expect(growthOf({ serve: [100, 400] })).toEqual(["serve: 2 rounds; growth needs 3: raise --minutes"]);
  });

  test("jumps every reading of the wall clock, and no given time", () => {
    const readings = "[Date.now(), +new Date(), Date.parse(Date())]";
    const program = `console.log(JSON.stringify({
      near: Array.from({ length: 20 }, () => ${readings}).flat().filter((t) => Math.abs(t - performance.timeOrigin) < 6e4).length,
      given: new Date(5).getTime(), is: new Date() instanceof Date, name: Date.name,
    }))`;
    const { stdout } = node("--import", "./scripts/torture/jumping-clock.mjs", "-e", program);
    const { near, ...others } = JSON.parse(stdout);
    expect(near).toBeLessThan(10);
    expect(others).toEqual({ given: 5, is: true, name: "Date" });
  });
});
