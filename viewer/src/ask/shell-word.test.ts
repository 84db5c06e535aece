import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellWord } from "./shell-word.ts";

test.each(["runs/a/onnx", "my runs/it's $HOME `x`", "ü;rm", ""])("%j is one word of a shell", (path) => {
  expect(execFileSync("sh", ["-c", `printf %s ${shellWord(path)}`], { encoding: "utf8" })).toBe(path);
});

test("plain paths have no quotes", () => {
  expect(shellWord("runs/a-1/model")).toBe("runs/a-1/model");
});
