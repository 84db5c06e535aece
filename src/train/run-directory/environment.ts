/**
 * @module
 * The machine and software of a run: the content of environment.json.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { packageFile, processorName } from "../../package/index.ts";

export interface Environment {
  readonly version: 1;
  /** Version of the package. */
  readonly fovea: string;
  /** Commit of the package's checkout; null outside one. */
  readonly commit: string | null;
  /** True when the checkout had uncommitted changes; null outside one. */
  readonly hasUncommittedChanges: boolean | null;
  readonly node: string;
  readonly platform: string;
  readonly architecture: string;
  /** Model and widest vector instructions. */
  readonly cpu: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  /** Versions of the packages whose numbers a run depends on. */
  readonly packages: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly command: readonly string[];
}

const ROOT = packageFile("./");
const PACKAGES = ["onnxruntime-node", "@huggingface/tokenizers", "@huggingface/jinja", "sharp"];

function versionOf(packageJson: URL): string | undefined {
  try {
    return (JSON.parse(readFileSync(packageJson, "utf8")) as { version: string }).version;
  } catch {
    return undefined;
  }
}

function git(...words: readonly string[]): string | null {
  if (!existsSync(new URL(".git", ROOT))) return null;
  try {
    return execFileSync("git", words, {
      cwd: fileURLToPath(ROOT),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return null;
  }
}

let checkout: Pick<Environment, "commit" | "hasUncommittedChanges"> | undefined;

/** The package's checkout, read once. */
function describeCheckout(): Pick<Environment, "commit" | "hasUncommittedChanges"> {
  if (checkout === undefined) {
    const status = git("status", "--porcelain", "--untracked-files=no");
    checkout = {
      commit: git("rev-parse", "HEAD"),
      hasUncommittedChanges: status === null ? null : status !== "",
    };
  }
  return checkout;
}

/**
 * Version of a dependency: in this package's `node_modules` in a checkout, or in a folder above when Fovea is itself a
 * dependency.
 */
export function installedVersion(name: string, from: URL = ROOT): string {
  const version = versionOf(new URL(`node_modules/${name}/package.json`, from));
  const above = new URL("../../", from);
  return version ?? (above.href === from.href ? "unknown" : installedVersion(name, above));
}

/** Describes this machine and this program. */
export function describeEnvironment(command: readonly string[] = process.argv.slice(2)): Environment {
  return {
    version: 1,
    fovea: versionOf(new URL("package.json", ROOT)) ?? "unknown",
    ...describeCheckout(),
    node: process.version,
    platform: process.platform,
    architecture: process.arch,
    cpu: processorName(),
    cores: cpus().length,
    memory: totalmem(),
    packages: Object.fromEntries(PACKAGES.map((name) => [name, installedVersion(name)])),
    startedAt: new Date().toISOString(),
    command,
  };
}
