import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const root = new URL("../../../", import.meta.url).pathname;
const architectures = join(root, "src/model/architectures");

/** The registries. */
const MAY_NAME = ["src/model/architectures/index.ts", "src/model/architectures/graphs.ts"];
/** The tests' doors to parts of families, and to what was recorded of them; and families' tests, which feed one another's files. */
const TEST_DOORS = /^src\/testing\/|^src\/model\/architectures\/\w+\/.*\.test\.ts$/;

const folders = readdirSync(architectures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
/**
 * A family's folder has an architecture; a folder without one is a module that the families of a line share, and may
 * name them.
 */
const families = folders.filter((name) => existsSync(join(architectures, name, "architecture.ts")));
const shared = folders.filter((name) => !families.includes(name));

/**
 * A family's name however it is spelled: qwen2_5_vl, Qwen2.5-VL, qwen25Vl, Qwen2_5_VLForConditionalGeneration; not that of
 * one release or script, such as Qwen2.5-VL-3B.
 */
function spellings(family: string): RegExp {
  const parts = family.split("_").map((part) => part.replace(/(\d)/g, "[ _.-]?$1"));
  return new RegExp(`(?<![a-z0-9])${parts.join("[ _.-]?")}(?![_-]?\\d)`, "i");
}

/** Source without its comments; strings and identifiers stay. */
function code(source: string): string {
  const piece = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return source.replace(piece, (found) => (found.startsWith("/") ? "" : found));
}

const files = ["src", "viewer/src"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(root, folder, name)),
);
const outside = (family: string) =>
  files.filter(
    (path) =>
      ![family, ...shared].some((folder) => path.startsWith(`${join(architectures, folder)}/`)) &&
      path !== import.meta.filename,
  );

test("there are families, and hundreds of files outside of each", () => {
  expect(families.length).toBeGreaterThan(0);
  for (const family of families) expect(outside(family).length).toBeGreaterThan(500);
});

test.each([
  ['import { x } from "./qwen2_5_vl/config.ts";', true],
  ['const type = "qwen2_5_vl";', true],
  ['throw new Error("no Qwen2.5-VL model");', true],
  ["const qwen25Vl = 1;", true],
  ["class Qwen2_5_VLForConditionalGeneration {}", true],
  ["// as Qwen2.5-VL has it", false],
  ["/** Qwen2.5-VL */ const a = 1;", false],
  ['const url = "http://there"; const type = "qwen2_5_vl";', true],
  ['const script = "qwen2_5_vl_3b_grpo_papo.sh";', false],
  ["const tokenizer = qwenTokenizer();", false],
])("%s names the family: %s", (source, isNamed) => {
  expect(spellings("qwen2_5_vl").test(code(source))).toBe(isNamed);
});

test.each(families)("nothing but the registries names %s outside its folder", (family) => {
  const named = outside(family)
    .filter((path) => spellings(family).test(code(readFileSync(path, "utf8"))))
    .map((path) => relative(root, path));
  expect(named.filter((path) => !TEST_DOORS.test(path)).sort()).toEqual([...MAY_NAME].sort());
});

/** Files that a file's imports lead to, types included. */
function reached(start: string, known = new Set<string>()): Set<string> {
  if (known.has(start)) return known;
  known.add(start);
  for (const [, path] of code(readFileSync(start, "utf8")).matchAll(/\bfrom "(\.[^"]+)"/g)) {
    reached(resolve(start, "..", path!), known);
  }
  return known;
}

test("the prompt side reaches neither graphs nor weights nor the file system", () => {
  const prompt = [...reached(join(root, "src/model/prompt-model.ts"))];
  const names = prompt.map((path) => relative(root, path));
  expect(names.filter((name) => name.includes("/graphs") || name.includes("src/model/graph/"))).toEqual([]);
  expect(names.map((name) => basename(name))).not.toContain("weights.ts");
  expect(prompt.filter((path) => readFileSync(path, "utf8").includes('from "node:'))).toEqual([]);
});

test("engine/local names no shape of one family's vision tower", () => {
  const local = files.filter((path) => path.includes("/src/engine/local/") && !path.endsWith(".test.ts"));
  const knowing = local.filter((path) =>
    /mrope|windowSize|spatialMerge|fullAttentionBlocks|visual\.(blocks|merger|patch)|embed_tokens|lm_head|ln_q/.test(
      code(readFileSync(path, "utf8")),
    ),
  );
  expect(knowing.map((path) => relative(root, path))).toEqual([]);
});
