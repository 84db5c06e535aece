/**
 * @module
 * The program that a local engine's thread runs.
 */
import { readdirSync, statSync } from "node:fs";
import { packageFile } from "../../package/index.ts";

/** When something was last compiled; an installed package has no files of the compiler's own. */
function lastCompiled(dist: URL): number {
  const states = readdirSync(dist).filter((name) => name.endsWith(".tsbuildinfo"));
  return Math.max(0, ...states.map((name) => statSync(new URL(name, dist)).mtimeMs));
}

/**
 * The compiled program, since Node 20 does not run TypeScript. It is the one file of scripts/bundle-thread.mjs, which loads in
 * less than half of the time, unless that file is missing or older than a compiled module.
 *
 * @param dist directory of what was compiled
 */
export function threadProgram(dist: URL = packageFile("dist/")): URL {
  const bundle = new URL("bundle/engine-thread.js", dist);
  const made = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs;
  const isCurrent = made !== undefined && made >= lastCompiled(dist);
  return isCurrent ? bundle : new URL("engine/local/worker.js", dist);
}
