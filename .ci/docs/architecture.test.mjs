import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/architecture.md", root), "utf8");

/** The modules of the table "Modules and imports", in its order, each with the modules that it builds on. */
const documented = [...page.matchAll(/^\| `(\w+)` \| .* \|(.*)\|$/gm)]
  .filter(([, name = ""]) => existsSync(new URL(`src/${name}/tsconfig.json`, root)))
  .map(([, name = "", below = ""]) => ({
    name,
    below: below
      .split(",")
      .map((one) => one.trim())
      .filter(Boolean),
  }));

/** @param {string} name */
const references = (name) => {
  const project = JSON.parse(readFileSync(new URL(`src/${name}/tsconfig.json`, root), "utf8"));
  return (project.references ?? []).map(({ path }) => path.replace("../", ""));
};

test("docs/architecture.md has a row for every module", () => {
  const modules = readdirSync(new URL("src/", root)).filter((name) =>
    existsSync(new URL(`src/${name}/tsconfig.json`, root)),
  );
  expect(documented.map(({ name }) => name).sort()).toEqual(modules.sort());
});

test.each(documented)("$name: its row names the references of its project, each once", ({ name, below }) => {
  expect(below.toSorted()).toEqual(references(name).toSorted());
});

test("every module builds on rows above its own", () => {
  const order = documented.map(({ name }) => name);
  const upward = documented.flatMap(({ name, below }) =>
    below.filter((one) => !order.slice(0, order.indexOf(name)).includes(one)).map((one) => `${name}: ${one}`),
  );
  expect(upward).toEqual([]);
});
