import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { packageFile } from "../../package/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { describeEnvironment, installedVersion } from "./environment.ts";

test("names the versions of the package and of what its numbers depend on", () => {
  const { fovea, packages } = describeEnvironment();
  for (const version of [fovea, ...Object.values(packages)]) expect(version).toMatch(/^\d+\.\d+\.\d+/);
});

test("names the commit of the package's own checkout, where it is one", () => {
  const { commit, hasUncommittedChanges } = describeEnvironment();
  if (existsSync(packageFile(".git"))) {
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect(typeof hasUncommittedChanges).toBe("boolean");
  } else expect([commit, hasUncommittedChanges]).toEqual([null, null]);
});

test("finds a package beside this one, where this one is a dependency itself", () => {
  const modules = join(temporaryDirectory(), "node_modules");
  mkdirSync(join(modules, "fovea"), { recursive: true });
  mkdirSync(join(modules, "@scope", "name"), { recursive: true });
  writeFileSync(join(modules, "@scope", "name", "package.json"), '{ "version": "1.2.3" }');
  const root = pathToFileURL(`${join(modules, "fovea")}/`);
  expect(installedVersion("@scope/name", root)).toBe("1.2.3");
  expect(installedVersion("no-such-package", root)).toBe("unknown");
});
