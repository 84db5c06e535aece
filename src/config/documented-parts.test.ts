import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { creditSchema } from "../credit/index.ts";
import { algorithmSchema } from "../objective/index.ts";
import { configSchema } from "./schema.ts";

const docs = new URL("../../docs/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, docs), "utf8");

/** The rows of a page's tables. */
const rowsOf = (page: string) => page.split("\n").filter((line) => line.startsWith("| "));

/** Whether a row of the page writes a kind as code. */
function kindsIn(path: string): (kind: string) => boolean {
  const rows = rowsOf(read(path));
  return (kind) => rows.some((row) => row.includes(`\`${kind}\``));
}

const kindsOf = (schema: { readonly options: readonly { readonly shape: { readonly kind: unknown } }[] }) =>
  schema.options.map(({ shape }) => (shape.kind as { readonly value: string }).value);

describe("every built-in part has a row", () => {
  test.each(["methods/index.md", "credit.md"])("credit methods, in docs/%s", (path) => {
    const isDocumented = kindsIn(path);
    expect(kindsOf(creditSchema).filter((kind) => !isDocumented(kind))).toEqual([]);
  });

  test("objectives, in docs/methods/index.md", () => {
    const isDocumented = kindsIn("methods/index.md");
    expect(kindsOf(algorithmSchema).filter((kind) => !isDocumented(kind))).toEqual([]);
  });

  test("rewards, in the first table of docs/rewards.md, with their default weight and their options", () => {
    const [table = ""] = read("rewards.md").split("## The verdict");
    const rows = rowsOf(table);
    const { options } = configSchema.shape.reward.unwrap().element;
    for (const { shape } of options) {
      const kind = shape.kind.value;
      const row = rows.find((line) => line.startsWith(`| \`${kind}\` |`)) ?? "";
      expect(row, kind).not.toBe("");
      // docs/judge.md has the options of a judge.
      if (kind === "judge") continue;
      expect(Number(row.split("|")[3]), kind).toBe(shape.weight.def.defaultValue);
      const own = Object.keys(shape).filter((name) => !["kind", "weight", "name"].includes(name));
      for (const option of own) expect(row, `${kind}: ${option}`).toContain(`\`${option}\``);
    }
  });

  test("pages of methods, as links of the first column of docs/methods/index.md", () => {
    const linked = rowsOf(read("methods/index.md")).map((row) => row.split("|")[1] ?? "");
    const pages = readdirSync(new URL("methods/", docs)).filter((name) => name !== "index.md");
    expect(pages.filter((name) => !linked.some((cell) => cell.includes(`](${name})`)))).toEqual([]);
  });
});
