import { expect, test } from "vitest";
import { judgeName } from "./judge-name.ts";

const plain = { model: "m", prompt: "binary", temperature: 0, maxTokens: 1024 } as const;
const own = (text: string, more: { system?: string; reply?: "binary" | "score" } = {}) =>
  judgeName({ ...plain, prompt: { text, reply: "binary", ...more } });

test("names the model, the prompt and settings that are not the defaults", () => {
  expect(judgeName(plain)).toBe("judge m (binary)");
  expect(judgeName({ ...plain, temperature: 0.1, maxTokens: 64 })).toBe(
    "judge m (binary, temperature 0.1, maxTokens 64)",
  );
});

test("distinguishes own prompts by text, system message and reply", () => {
  const names = [
    own("Is {reply} right?"),
    own("Is {reply} one of {answers}?"),
    own("Is {reply} right?", { system: "You grade." }),
    own("Is {reply} right?", { reply: "score" }),
  ];
  expect(new Set(names).size).toBe(4);
  expect(names[0]).toMatch(/^judge m \(own prompt [0-9a-f]{12}\)$/);
  expect(own("Is {reply} right?")).toBe(names[0]);
});
