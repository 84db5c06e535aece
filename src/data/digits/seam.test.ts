import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "vite";
import { expect, test } from "vitest";

const SRC = fileURLToPath(new URL("../../", import.meta.url));
const HOME = "data/digits/";

/**
 * The demo, the presets of the built-in task, the list that registers it, and `fovea reproduce --scale digits`, which runs the
 * papers' designs on it.
 */
const ALLOWED = [
  "cli/demo.ts",
  "config/tasks.ts",
  "config/presets/digits.ts",
  "config/presets/digits-quick.ts",
  "config/presets/index.ts",
  "cli/reproduce-flags.ts",
  "cli/reproduce.ts",
  "recipe/cells.ts",
  "recipe/faults.ts",
  "recipe/read-recipe.ts",
  "recipe/reproduction.ts",
  "recipe/schema.ts",
];

interface SourceFile {
  readonly path: string;
  /** Texts of string literals, imported modules among them, and of the pieces of templates. */
  readonly literals: readonly string[];
}

function literalsOf(node: unknown): string[] {
  if (typeof node !== "object" || node === null) return [];
  if (Array.isArray(node)) return node.flatMap(literalsOf);
  const { type, value } = node as { readonly type?: unknown; readonly value?: unknown };
  if (type === "Literal") return typeof value === "string" ? [value] : [];
  if (type === "TemplateElement") return [(value as { readonly raw: string }).raw];
  return Object.values(node).flatMap(literalsOf);
}

function parsed(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]!.message}`);
  return { path, literals: literalsOf(program) };
}

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => /\.tsx?$/.test(path) && !path.startsWith(HOME))
  .map((path) => parsed(path, readFileSync(join(SRC, path), "utf8")));

/** Whether a module of its folder is imported, at once, later, or for its types. */
const importsDigits = ({ path, literals }: SourceFile) =>
  literals.some(
    (text) =>
      text === "fovea/data/digits" ||
      (/^\.\.?\//.test(text) && normalize(join(dirname(path), text)).startsWith(HOME)),
  );

/** Tests run the built-in task and model by their names in the configuration. */
const isTest = (path: string) => path.endsWith(".test.ts") || path.startsWith("testing/");

/** Names the task or the model; "letters, digits and …" is about characters. */
const namesDigits = ({ path, literals }: SourceFile) =>
  !isTest(path) && literals.some((text) => /\bdigits\b/.test(text.replaceAll(/\bletters, digits\b/g, "")));

const offenders = files.filter((file) => importsDigits(file) || namesDigits(file)).map(({ path }) => path);

test("nothing outside of its folder knows the digits task", () => {
  expect(files.length).toBeGreaterThan(500);
  expect(offenders.filter((path) => !ALLOWED.includes(path))).toEqual([]);
});

test("the lists of files that may name it hold no others", () => {
  for (const path of ALLOWED) expect(existsSync(join(SRC, path)), path).toBe(true);
  expect(ALLOWED.filter((path) => !offenders.includes(path))).toEqual([]);
});

test.each([
  ["a static import", `import { digitsTask } from "../data/digits/index.ts";`, [true, true]],
  ["an export from", `export * from "../data/digits/task.ts";`, [true, true]],
  ["a later import", `await import("../data/digits/index.ts");`, [true, true]],
  ["an import type", `type T = import("../data/digits/index.ts").DigitsTask;`, [true, true]],
  ["a literal", `if (kind === "digits") run();`, [false, true]],
  ["a template", "say(`the digits task`);", [false, true]],
  ["a word about characters", `say("expected letters, digits and .");`, [false, false]],
  ["a comment", `// digits\nrun();`, [false, false]],
])("%s is found or not", (_, text, [isImport, isNamed]) => {
  const file = parsed("train/made.ts", text);
  expect([importsDigits(file), namesDigits(file)]).toEqual([isImport, isNamed]);
});
