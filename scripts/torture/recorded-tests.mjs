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
  let printed = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) printed += chunk;
  const report = JSON.parse(printed.slice(printed.indexOf("{")));
  const wrong = report.testResults
    .flatMap((/** @type {any} */ { assertionResults }) => assertionResults)
    .filter((/** @type {any} */ { status }) => status === "failed")
    .map(
      (/** @type {any} */ { fullName, failureMessages }) =>
        `${fullName}: ${String(failureMessages[0]).slice(0, 500)}`,
    );
  if (report.numPassedTests === 0) wrong.push("no test ran");
  return {
    name,
    done: `${report.numPassedTests} tests${size ? `, ${size} files of each format` : ""}`,
    wrong,
  };
}
