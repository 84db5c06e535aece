/**
 * @module
 * Trials that are tests already, run at the size of a torture: changed files, a full disk, a network with faults.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * @param {{ name: string, config?: string, files: readonly string[], size?: number }} options
 * @returns {Promise<import("./report.mjs").Trial>}
 */
export async function recordedTests({ name, config, files, size }) {
  const words = ["vitest", "run", "--reporter=json", ...(config ? ["--config", config] : []), ...files];
  const env = { ...process.env, ...(size && { FOVEA_FUZZ: String(size) }) };
  const child = spawn("npx", words, { cwd: ROOT, env, stdio: ["ignore", "pipe", "inherit"] });
  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    child.once("close", (status, signal) => resolve(String(status ?? signal)));
    child.once("error", (error) => resolve(error.message));
  });
  let printed = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) printed += chunk;
  const { passed, wrong } = outcomeOf(printed, await ended);
  return { name, done: `${passed} tests${size ? `, ${size} files of each format` : ""}`, wrong };
}

/**
 * The outcome of a run of vitest.
 *
 * @param {string} printed its JSON report, and what may precede it
 * @param {string} exit its status, or why it has none
 * @returns {{ passed: number, wrong: string[] }}
 */
export function outcomeOf(printed, exit) {
  const start = printed.indexOf("{");
  if (start < 0) return { passed: 0, wrong: [`vitest: exit ${exit}, no report`] };
  /** @type {{ success: boolean, numPassedTests: number, testResults: readonly TestFile[] }} */
  const report = JSON.parse(printed.slice(start));
  const wrong = report.testResults.flatMap(({ name, status, message = "", assertionResults }) => {
    const failed = assertionResults
      .filter((test) => test.status === "failed")
      .map(
        ({ fullName, failureMessages = [] }) => `${fullName}: ${String(failureMessages[0]).slice(0, 500)}`,
      );
    // A file that cannot be loaded has no test that failed.
    return failed.length === 0 && status === "failed" ? [`${name}: ${message.slice(0, 500)}`] : failed;
  });
  if (report.numPassedTests === 0) wrong.push("no test ran");
  if (wrong.length === 0 && (exit !== "0" || !report.success)) wrong.push(`vitest: exit ${exit}`);
  return { passed: report.numPassedTests, wrong };
}

/**
 * @typedef {{ status: string, fullName: string, failureMessages?: readonly string[] }} RecordedTest
 * @typedef {{ name: string, status: string, message?: string, assertionResults: readonly RecordedTest[] }} TestFile
 */
