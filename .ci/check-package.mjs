/**
 * Checks the package as npm would publish it: what it needs is in it, what is only for development is not, and every
 * subpath export can be imported.
 *
 *     node .ci/check-package.mjs
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

// 2.7 MB of it is onnxruntime for the page; families, methods and recipes added 0.24 MB to what was 4.1.
const LARGEST = 4_400_000;
const root = new URL("../", import.meta.url);
const { name, bin, exports } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const said = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
  cwd: root,
  encoding: "utf8",
  stdio: ["ignore", "pipe", "ignore"],
});
const [report] = Object.values(JSON.parse(said));
const packed = new Set(report.files.map(({ path }) => path));

const problems = [];
const targets = Object.values(exports).map((path) => path.replace("./", ""));
const needed = [
  ...targets,
  ...targets.filter((path) => path.endsWith(".js")).map((path) => path.replace(/\.js$/, ".d.ts")),
  ...Object.values(bin),
  "LICENSE",
  "NOTICE",
  "README.md",
  "dist/engine/local/worker.js",
  "dist/viewer/index.html",
  "assets/digits/scans.bin",
  "assets/small/tokenizer.json",
  "assets/small/chat_template.jinja",
  "assets/small/generation_config.json",
  "assets/init/run.yaml",
  "assets/init/reward.test.mjs",
  "recipes/digits.yaml",
  "recipes/vicra/paper.yaml",
  "recipes/vicra/table-1.yaml",
];
for (const path of needed) if (!packed.has(path)) problems.push(`missing: ${path}`);
for (const type of ["js", "css", "wasm.br"]) {
  if (![...packed].some((path) => path.startsWith("dist/viewer/assets/") && path.endsWith(`.${type}`))) {
    problems.push(`missing: dist/viewer/assets/*.${type}`);
  }
}
for (const path of packed) {
  // The sample of a test that fovea init writes is for users.
  if (path.startsWith("assets/init/")) continue;
  if (/\.test\.|\.tsbuildinfo$|^src\/|^fixtures\/|^bench\/|^dist\/(examples|testing)\//.test(path)) {
    problems.push(`not for users: ${path}`);
  }
}
if (report.size > LARGEST) problems.push(`${report.size} bytes packed, more than ${LARGEST}`);
for (const path of Object.keys(exports).filter((subpath) => !subpath.endsWith(".json"))) {
  const subpath = path.replace(".", name);
  const names = Object.keys(await import(subpath));
  if (names.length === 0) problems.push(`${subpath} exports nothing`);
}

for (const problem of problems) console.error(problem);
console.log(`${packed.size} files, ${report.size} bytes packed, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
