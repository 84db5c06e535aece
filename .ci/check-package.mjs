/**
 * Checks the package as npm would publish it: what it needs is in it, what is only for development is not, and every
 * subpath export can be imported.
 *
 *     node .ci/check-package.mjs
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Bytes of Fovea's own files, unpacked: 8.4 million, 3.0 of them the viewer with onnxruntime for the page. */
const LARGEST = 9_000_000;
/** Packages inside the package; `npm run build` makes them ready. */
const BUNDLED = ["onnxruntime-common", "onnxruntime-node"];
const root = new URL("../", import.meta.url);
const { name, bin, exports } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const said = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
  cwd: root,
  encoding: "utf8",
  stdio: ["ignore", "pipe", "ignore"],
});
const [report] = Object.values(JSON.parse(said));
const own = report.files.filter(({ path }) => !path.startsWith("node_modules/"));
const packed = new Set(own.map(({ path }) => path));

const problems = [];
const targets = Object.values(exports).map((path) => path.replace("./", ""));
const needed = [
  ...targets,
  ...targets.filter((path) => path.endsWith(".js")).map((path) => path.replace(/\.js$/, ".d.ts")),
  ...Object.values(bin),
  "LICENSE",
  "NOTICE",
  "README.md",
  "dist/bundle/engine-thread.js",
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
const size = own.reduce((sum, file) => sum + file.size, 0);
if (size > LARGEST) problems.push(`${size} bytes of own files, more than ${LARGEST}`);
const bundled = report.bundled.toSorted();
if (bundled.join() !== BUNDLED.join())
  problems.push(`bundled: expected ${BUNDLED.join()}, got ${bundled.join()}`);
for (const one of bundled) {
  const { scripts } = JSON.parse(readFileSync(new URL(`node_modules/${one}/package.json`, root), "utf8"));
  const script = ["preinstall", "install", "postinstall"].find((key) => scripts?.[key] !== undefined);
  if (script !== undefined) problems.push(`${one}: bundled with its ${script} script; run npm run build`);
}
for (const path of Object.keys(exports).filter((subpath) => !subpath.endsWith(".json"))) {
  const subpath = path.replace(".", name);
  const names = Object.keys(await import(subpath));
  if (names.length === 0) problems.push(`${subpath} exports nothing`);
}

for (const problem of problems) console.error(problem);
console.log(
  `${packed.size} files, ${size} bytes, and ${bundled.join(" and ")}; ${report.size} bytes packed; ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
