import { expect, test } from "vitest";
import { replySpan, withoutThought } from "./thought.ts";

test.each([
  ["7", "7", "7"],
  ["<think>a</think>7", "7", "\n7"],
  ["I look. <think>a</think> It is 7.", " It is 7.", "I look. \n It is 7."],
  ["a</think>7", "7", "7"],
  ["<think>a</think>b<think>c</think>7", "7", "\nb\n7"],
  ["assistant\n<think>a</think>7<|im_end|>\nassistant\n8", "7", "\n7"],
  ["<|im_start|>assistant\n7<|im_end|>", "7", "7"],
  ["<think>a", "<think>a", null],
])("%j: the reply is %j", (completion, reply, kept) => {
  const { start, end } = replySpan(completion);
  expect(completion.slice(start, end)).toBe(reply);
  expect(withoutThought(completion)).toBe(kept);
});
