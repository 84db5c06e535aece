/**
 * The supply chain of the published package: the licence of every package that `npm install fovea` brings is one that we accept
 * and is listed in NOTICE, and only packages named here have an install script. Known vulnerabilities are asked of the
 * registry, where it answers.
 *
 *     node .ci/check-dependencies.mjs            # fails where NOTICE is stale
 *     node .ci/check-dependencies.mjs --write    # writes its list into NOTICE
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { auditOutcome } from "./audit-outcome.mjs";

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const root = fileURLToPath(new URL("../", import.meta.url));
const NOTICE = `${root}NOTICE`;
const HEADING = "Packages that npm installs beside this one, each with the licence that it names:";

const ACCEPTED = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "LGPL-3.0-or-later",
  "MIT",
]);

/** Packages that may have an install script, and why the package works without it. `.npmrc` runs none in a checkout. */
const INSTALL_SCRIPTS = {
  esbuild: "checks its binary, which is in a package of its own; builds the site, a development dependency",
  "onnxruntime-node": "downloads CUDA libraries; packed inside Fovea's package without the script",
  protobufjs: "prints a word on version schemes; a development dependency",
};

/** Of the packages that the lock file marks as bundled, those that are packed: the others serve the install script alone. */
const BUNDLED = new Set(["onnxruntime-node", "onnxruntime-common"]);

/** @typedef {{ version?: string, license?: string, dev?: boolean, inBundle?: boolean, link?: boolean, hasInstallScript?: boolean }} Locked */

/** @type {{ packages: Record<string, Locked> }} */
const lock = JSON.parse(readFileSync(`${root}package-lock.json`, "utf8"));
const packages = Object.entries(lock.packages)
  .filter(([path, { link }]) => path.includes("node_modules/") && link !== true)
  .map(([path, locked]) => ({ name: path.slice(path.lastIndexOf("node_modules/") + 13), ...locked }));
const problems = [];

for (const { name, version, hasInstallScript } of packages) {
  if (hasInstallScript && !(name in INSTALL_SCRIPTS)) {
    problems.push(
      `${name} ${version}: has an install script; expected only of ${Object.keys(INSTALL_SCRIPTS).join(", ")}`,
    );
  }
}
for (const name of Object.keys(INSTALL_SCRIPTS)) {
  if (!packages.some((one) => one.name === name && one.hasInstallScript)) {
    problems.push(`${name}: is allowed an install script and has none`);
  }
}

const installed = packages.filter(({ name, dev, inBundle }) => !dev && (!inBundle || BUNDLED.has(name)));
for (const { name, version, license = "none" } of installed) {
  const unknown = (license.match(/[A-Za-z0-9.-]+/g) ?? ["nothing"]).filter(
    (word) => !/^(?:AND|OR)$/.test(word) && !ACCEPTED.has(word),
  );
  if (unknown.length > 0)
    problems.push(`${name} ${version}: licence ${license}: ${unknown.join(", ")} is not accepted`);
}

const lines = new Set(installed.map(({ name, version, license }) => `  ${name} ${version}, ${license}`));
const list = [HEADING, ...[...lines].sort()].join("\n");
const notice = readFileSync(NOTICE, "utf8");
const start = notice.indexOf(HEADING);
const own = (start === -1 ? notice : notice.slice(0, start)).trimEnd();
const expected = `${own}\n\n${list}\n`;
if (values.write) writeFileSync(NOTICE, expected);
else if (notice !== expected) problems.push("NOTICE: is stale; run node .ci/check-dependencies.mjs --write");

const audit = spawnSync("npm", ["audit", "--omit=dev", "--json"], { cwd: root, encoding: "utf8" });
const { words, problem: audited } = auditOutcome(audit);
console.log(words);
if (audited !== undefined) problems.push(audited);

for (const problem of problems) console.error(problem);
console.log(`${installed.length} packages installed, ${lines.size} listed, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
