/**
 * Makes onnxruntime-node ready to be packed inside Fovea's package (`bundleDependencies` in package.json): removes its install
 * script, and the packages that only this script imports. The script downloads CUDA libraries from outside the npm registry;
 * npm would run it for every user of Fovea, and the installation would fail where only the registry can be reached.
 *
 *     node scripts/bundle-runtime.mjs
 *
 * `npm run build` runs it. It changes node_modules/onnxruntime-node/package.json alone, and nothing on a second run.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const MANIFEST = fileURLToPath(new URL("../node_modules/onnxruntime-node/package.json", import.meta.url));
/** What its JavaScript imports: every other dependency is the install script's. */
const IMPORTED = "onnxruntime-common";

const { scripts, dependencies, ...manifest } = JSON.parse(readFileSync(MANIFEST, "utf8"));
if (scripts !== undefined) {
  const ready = { ...manifest, dependencies: { [IMPORTED]: dependencies[IMPORTED] } };
  // A new file, as the installed one may be a hard link to a cache's.
  writeFileSync(`${MANIFEST}.new`, `${JSON.stringify(ready, null, 2)}\n`);
  renameSync(`${MANIFEST}.new`, MANIFEST);
}
