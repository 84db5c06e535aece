/**
 * Installs the packed package as a user does and takes its first steps: an empty folder and an empty home, no variable set,
 * and the npm registry. Fails where a package has an install script, a command fails, prints a warning, or leaves out what
 * it should say.
 *
 *     node .ci/check-install.mjs                    # on this Node
 *     node .ci/check-install.mjs --node 24          # on the newest Node 24 of the npm registry
 *     node .ci/check-install.mjs --tarball fovea-0.1.0.tgz
 *
 * It needs the built package (`npm run build`) and the registry; minutes.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { node: { type: "string" }, tarball: { type: "string" } } });
const root = fileURLToPath(new URL("../", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "fovea-install-"));
const problems = [];
/** A warning that is of the machine, not of the package: other work runs beside this check. */
const OF_THE_MACHINE = "this machine is busy";

/** The environment of a user who has set nothing; the registry is this machine's. */
const registry = execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim();
const home = join(scratch, "home");
mkdirSync(home);
const proxies = Object.entries(process.env).filter(([name]) =>
  /^(?:https?_proxy|no_proxy|node_extra_ca_certs|ssl_cert_file)$/i.test(name),
);
const environment = (path) => ({
  ...Object.fromEntries(proxies),
  PATH: path,
  HOME: home,
  LANG: "C.UTF-8",
  npm_config_registry: registry,
});

/** Runs one command in a folder; a failure or a warning is a problem. */
function run(folder, path, command, words, expected = []) {
  const start = Date.now();
  const { status, error, stdout, stderr } = spawnSync(command, words, {
    cwd: folder,
    env: environment(path),
    encoding: "utf8",
    timeout: 600_000,
  });
  const line = [command, ...words].join(" ");
  console.log(`${line}: exit ${status ?? error?.code}, ${((Date.now() - start) / 1000).toFixed(1)} s`);
  const said = `${stdout}${stderr}`;
  if (status !== 0) problems.push(`${line}: exit ${status ?? error?.code}\n${said.slice(-2000)}`);
  for (const warning of said.match(/^.*\bwarn(?:ing)?\b.*$/gim) ?? []) {
    if (warning.includes(OF_THE_MACHINE)) console.log(warning);
    else problems.push(`${line}: ${warning}`);
  }
  for (const text of expected) if (!said.includes(text)) problems.push(`${line}: does not say ${text}`);
  return said;
}

/** Packages below a folder whose manifest has an install script. */
function withInstallScripts(folder) {
  const manifests = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => /(?:^|\/)(?:@[^/]+\/)?[^/]+\/package\.json$/.test(path));
  return manifests.flatMap((path) => {
    const { name, version, scripts = {} } = JSON.parse(readFileSync(join(folder, path), "utf8"));
    const own = ["preinstall", "install", "postinstall"].filter((script) => scripts[script] !== undefined);
    return name !== undefined && version !== undefined && own.length > 0
      ? [`${name} ${version}: ${own.map((script) => `${script}: ${scripts[script]}`).join(", ")}`]
      : [];
  });
}

try {
  let path = process.env.PATH;
  if (values.node !== undefined) {
    const folder = join(scratch, "node");
    mkdirSync(folder);
    // The package `node` fetches its binary as a dependency, and links it by an install script.
    execFileSync("npm", ["install", "--silent", "--prefix", folder, `node@${values.node}`], {
      stdio: "inherit",
    });
    path = `${join(folder, "node_modules", "node", "bin")}${delimiter}${path}`;
  }
  const version = execFileSync("node", ["--version"], { env: environment(path), encoding: "utf8" }).trim();
  const npm = execFileSync("npm", ["--version"], { env: environment(path), encoding: "utf8" }).trim();
  if (values.node !== undefined && !version.startsWith(`v${values.node.split(".")[0]}.`))
    problems.push(`expected Node ${values.node}, got ${version}`);
  console.log(`Node ${version}, npm ${npm}`);

  let tarball = values.tarball === undefined ? undefined : resolve(values.tarball);
  if (tarball === undefined) {
    const words = ["pack", "--json", "--ignore-scripts", "--pack-destination", scratch];
    const packed = JSON.parse(
      execFileSync("npm", words, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    );
    const [{ filename }] = Object.values(packed);
    tarball = join(scratch, filename);
  }
  if (!existsSync(tarball)) throw new Error(`${tarball}: no such file`);

  const folder = join(scratch, "empty");
  mkdirSync(folder);
  run(folder, path, "npm", ["install", tarball], ["added "]);
  const { name } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const installed = join(folder, "node_modules");
  for (const script of withInstallScripts(installed)) problems.push(`has an install script: ${script}`);
  const runtime = join(installed, name, "node_modules", "onnxruntime-node", "bin");
  const cuda = readdirSync(runtime, { recursive: true, encoding: "utf8" });
  if (cuda.some((file) => /cuda|tensorrt/i.test(file))) problems.push("CUDA libraries were downloaded");

  const all = `const all = await import("${name}"); if (typeof all.train !== "function") throw new Error("no train"); console.log("imported")`;
  run(folder, path, "node", ["--input-type=module", "--eval", all], ["imported"]);
  run(folder, path, "npx", ["fovea", "init", "own"], ["own/run.yaml", "next:"]);
  run(folder, path, "npx", ["fovea", "data", "check", "own/rows.jsonl"], ["question from"]);
  run(folder, path, "node", ["--test", "own/reward.test.mjs"], ["fail 0"]);
  run(folder, path, "npx", ["fovea", "train", "own/run.yaml", "--run-dir", "own/run"], ["run directory"]);
  const metrics = join(folder, "own", "run", "metrics.jsonl");
  const events = existsSync(metrics) ? readFileSync(metrics, "utf8").trim().split("\n").map(JSON.parse) : [];
  const iterations = events.filter(({ event }) => event === "iteration").length;
  if (iterations !== 2) problems.push(`expected two iterations in own/run/metrics.jsonl, got ${iterations}`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
for (const problem of problems) console.error(problem);
console.log(`${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
