import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { collectingContext } from "../testing/tiny-run.ts";
import { completeProgram } from "./program.ts";
import { commandLinePage } from "./reference-page.ts";

const { context } = collectingContext();

test("docs/cli.md equals the output of npm run cli-page", async () => {
  const page = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");
  expect(await commandLinePage(context)).toBe(page);
});

test("every option of every command has a description", async () => {
  const { commands } = await completeProgram(context);
  expect(commands.length).toBeGreaterThan(15);
  const options = [...commands, ...commands.flatMap((command) => command.commands)].flatMap(
    ({ options }) => options,
  );
  expect(options.length).toBeGreaterThan(50);
  expect(options.filter(({ description }) => description === "").map(({ flags }) => flags)).toEqual([]);
});
