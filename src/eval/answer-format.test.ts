import { expect, test } from "vitest";
import { type Config, openConfiguredDialogue, resolveConfig } from "../config/index.ts";
import { ANSWER_FORMATS, answerFormats } from "./answer-format.ts";

const problem = { id: "1", images: [], question: "What is it?", answers: ["5"], columns: {}, kind: "none" };

async function asked(prompt: Partial<Config["prompt"]>): Promise<string> {
  const dialogue = await openConfiguredDialogue(resolveConfig({ file: { prompt } }));
  const { chunks } = dialogue.prompt(problem);
  const ids = chunks.flatMap((chunk) => (chunk.kind === "text" ? chunk.tokens : []));
  return dialogue.text(ids);
}

test("every format asks for what its name says", () => {
  for (const name of ANSWER_FORMATS) {
    const { system = "", suffix = "" } = answerFormats[name];
    const words = system + suffix;
    expect(words.includes("<think> "), name).toBe(name.startsWith("think") || name === "r1");
    expect(words.includes("\\boxed{}"), name).toBe(name.endsWith("boxed"));
    expect(words.includes("<answer> "), name).toBe(name === "think-answer" || name === "r1");
    expect(suffix === "" || suffix.startsWith(" "), name).toBe(true);
  }
});

test("a format's words are around the question, as the configuration names it", async () => {
  expect(await asked({ format: "think-boxed" })).toContain(
    `What is it?${answerFormats["think-boxed"].suffix}`,
  );
  expect(await asked({ format: "r1" })).toContain(`system\n${answerFormats.r1.system}`);
  expect(await asked({})).toContain("What is it?\n");
});

test("words given in the configuration replace the format's", async () => {
  const own = await asked({ format: "think-answer", system: "Be brief.", suffix: " Now." });
  expect(own).toContain("system\nBe brief.");
  expect(own).toContain("What is it? Now.");
  expect(own).not.toContain("<think>");
});
