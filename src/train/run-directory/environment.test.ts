import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { describeEnvironment, installedVersion } from "./environment.ts";

test("names the versions of the package and of what its numbers depend on", () => {
  const { fovea, packages } = describeEnvironment();
  for (const version of [fovea, ...Object.values(packages)]) expect(version).toMatch(/^\d+\.\d+\.\d+/);
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
