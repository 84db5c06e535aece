import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";
import { expect, test } from "vitest";
import { packageFile } from "../../package/index.ts";

/** Modules and packages that a built module imports, directly or not, before it runs. */
function imported(entry: URL): Set<string> {
  const found = new Set<string>();
  const pending = [entry.href];
  for (let url = pending.pop(); url !== undefined; url = pending.pop()) {
    if (found.has(url)) continue;
    found.add(url);
    if (!url.startsWith("file:")) continue;
    const path = fileURLToPath(url);
    const { staticImports, staticExports } = parseSync(path, readFileSync(path, "utf8")).module;
    const from = [
      ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
      ...staticExports.flatMap(({ entries }) => entries.flatMap((each) => each.moduleRequest?.value ?? [])),
    ];
    for (const name of from) pending.push(name.startsWith(".") ? new URL(name, url).href : name);
  }
  return found;
}

test("a model's thread, of which each replica starts one, loads no schemas, no image decoder and no credit method", () => {
  const names = [...imported(packageFile("dist/engine/local/worker.js"))];
  expect(names).toContainEqual(expect.stringMatching(/\/local-model\.js$/));
  expect(names).toContain("onnxruntime-node");
  expect(names.filter((name) => /^(zod|sharp)$|\/credit\/methods\/|\/math\/statistics\//.test(name))).toEqual(
    [],
  );
});
