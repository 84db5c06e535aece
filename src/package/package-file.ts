/**
 * @module
 * Files of the package at run time: beside the source, beside its build, and from a program that was bundled into one
 * file, in the installed package.
 */
import { readFileSync } from "node:fs";

const NAME = "fovea";
// src/package and dist/package are equally deep in the package.
const BESIDE = new URL("../../", import.meta.url);

interface Manifest {
  readonly name: string;
  readonly version: string;
}

function manifestOf(root: URL): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as Manifest;
  } catch {
    return undefined;
  }
}

function findRoot(): URL {
  if (manifestOf(BESIDE)?.name === NAME) return BESIDE;
  try {
    return new URL("./", import.meta.resolve(`${NAME}/package.json`));
  } catch {
    // The caller that opens a file reports which one is missing.
    return BESIDE;
  }
}

const root = findRoot();

/**
 * The address of a file of the package.
 *
 * A bundler moves code away from the files that it opens. The files are then read from the installed package, which
 * Node resolves from the bundle; a bundle needs the package anyway for native dependencies.
 *
 * @param path relative to the package's root
 */
export function packageFile(path: string): URL {
  return new URL(path, root);
}

/** Version of the package. */
export function packageVersion(): string {
  return manifestOf(root)?.version ?? "unknown";
}
