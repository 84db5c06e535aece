import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  exports: Record<string, string>;
};
const folders = ["bench", "scripts", "fixtures", "examples", ".ci"];
const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(mjs|js|ts)$/.test(name) && !name.includes("node_modules"))
    .map((name) => join(folder, name)),
);

/** Imports of a module, in code and in JSDoc: names (of values only where they are sure to be) and specifier. */
function importsOf(path: string) {
  const text = readFileSync(join(root, path), "utf8");
  const clauses = text.matchAll(/^import (?:([^"';]+?) from )?["']([^"']+)["']/gm);
  const others = text.matchAll(/(?:\bimport\(|@import [^"']+ from |\bfrom )\s*["']([^"']+)["']/g);
  return [
    ...[...clauses].map(([, clause = "", specifier = ""]) => ({ clause, specifier })),
    ...[...others].map(([, specifier = ""]) => ({ clause: "", specifier })),
  ];
}

/** Names of values in `{ a, b as c, type D }`. */
function valueNames(clause: string): string[] {
  const [, inside = ""] = /\{([^}]*)\}/.exec(clause) ?? [];
  return inside
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("type ") && !clause.startsWith("type "))
    .map((name) => name.split(" as ")[0]!);
}

describe("scripts, benchmarks, fixtures and examples use the package as its users do", () => {
  test("there are some", () => {
    expect(files.length).toBeGreaterThan(30);
  });

  test.each(files)("%s", async (path) => {
    for (const { clause, specifier } of importsOf(path)) {
      if (specifier.startsWith(".")) {
        const target = relative(root, resolve(root, dirname(path), specifier));
        expect(target, `${path} imports ${specifier}`).not.toMatch(/^(dist|src|viewer)\//);
      }
      if (specifier !== "fovea" && !specifier.startsWith("fovea/")) continue;
      const target = manifest.exports[specifier.replace(/^fovea/, ".")];
      expect(target, `${path} imports ${specifier}, which package.json does not export`).toBeDefined();
      const room = await import(join(root, target!.replace("./dist/", "src/").replace(/\.js$/, ".ts")));
      for (const name of valueNames(clause))
        expect(room, `${path} imports ${specifier}`).toHaveProperty(name);
    }
  });
});
