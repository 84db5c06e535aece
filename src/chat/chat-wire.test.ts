import { expect, test } from "vitest";
import { answerOf } from "./chat-wire.ts";

const said = (more: object) =>
  answerOf(JSON.stringify({ choices: [{ message: { content: "Correct" } }], ...more }));
const choices = [{ text: "Correct", finishReason: null }];

test.each([
  ["a model that is null", { model: null }],
  ["usage that is null", { usage: null }],
  ["usage without a number", { usage: { prompt_tokens: 5, completion_tokens: null } }],
  ["usage in texts", { usage: { prompt_tokens: "5", completion_tokens: "1" } }],
])("an answer is read beside %s, which is left out", (_, more) => {
  expect(said(more)).toEqual({ choices, served: undefined });
});

test("an answer is read without a number of its place, and with parts that have no text", () => {
  const content = [
    { type: "text", text: "Corr" },
    { type: "image_url" },
    { type: "audio", text: null },
    { text: "ect" },
  ];
  expect(said({ choices: [{ index: null, message: { content } }] })?.choices).toEqual(choices);
  expect(said({ choices: [] })).toBeUndefined();
});
