import * as fc from "fast-check";
import { expect, test } from "vitest";
import { referenceAnswer } from "./reference-answer.ts";

test.each([
  ["8 cm", "8 cm", "a plain answer"],
  ["  8\n", "8", "space around it"],
  ["<think>3 + 5</think> <answer> 8 </answer>", "8", "an answer in marks"],
  ["<answer>7</answer> or rather <Answer>8</ANSWER>", "8", "the last of two, in any case"],
  ["<answer>8", "<answer>8", "a mark left open"],
  ["8</answer>", "8</answer>", "a mark never opened"],
  ["<answer></answer>", "", "nothing in the marks"],
  ["<think>It is 7, no, 8.</think>\n8", "8", "an answer behind the thought"],
  ["\\boxed{8}", "8", "a box"],
  ["$\\boxed{8}$", "8", "a box in dollars"],
  ["<answer>\\boxed{\\frac{1}{2}}</answer>", "\\frac{1}{2}", "a box in marks, with braces in it"],
  ["<answer>The answer is \\boxed{5}.</answer>", "5", "a box with words around it in marks"],
  ["\\boxed{1} + \\boxed{2}", "\\boxed{1} + \\boxed{2}", "boxes that are parts of a formula"],
  ["\\boxed{1} and $\\boxed{2}$", "1, 2", "two boxes of one answer"],
  ["First $\\boxed{1}$, then we see that it is $\\boxed{2}$.", "2", "the last of two boxes"],
  ["\\boxed{1\\}}", "1\\}", "an escaped brace"],
  ["so \\boxed{8}", "8", "a box with text before it"],
  ["We have $x=0$. Thus the answer is \\boxed{0}.", "0", "a box in prose"],
  ["\\boxed{\\text{the \\boxed{inner} one}}", "\\text{the \\boxed{inner} one}", "a box in a box"],
  ["so \\boxed{8", "so \\boxed{8", "a box left open"],
  ["so $\\boxed 8$.", "8", "a box without braces"],
  ["so $\\boxed 3.5$.", "3.5", "a decimal in a box without braces"],
  ["so \\boxed 3.5.", "3.5", "a decimal before a full stop"],
  ["so $\\boxed 1,234.5$", "1,234.5", "thousands in a box without braces"],
  ["so \\boxed 3.5x", "so \\boxed 3.5x", "a box without braces that ends nowhere"],
  ["so $\\boxed{}$", "", "an empty box"],
  ["so \\fbox{8}", "8", "LaTeX's other box"],
  ["He has 3 + 4 = 7 marbles.\n#### 7", "7", "GSM8K's last line"],
  ["#### 7", "#### 7", "a heading alone"],
  ["So\n\n  ####7 cm \n\n", "7 cm", "GSM8K's last line with blanks"],
  ["#### 7\nand so on", "#### 7\nand so on", "a marked line that is not the last"],
  ["So\n####", "So\n####", "a mark with nothing behind it"],
  ["nan", "", "a missing number as Python writes it"],
  ["<NA>", "", "a missing value as pandas writes it"],
  ["naan", "naan", "a word that begins alike"],
  ["$", "$", "a lone dollar"],
])("%j is %j: %s", (text, expected) => {
  expect(referenceAnswer(text)).toBe(expected);
});

test("a text of blanks is read in a moment", () => {
  const text = `a${"\n".repeat(200_000)}b`;
  const before = performance.now();
  expect(referenceAnswer(text)).toBe(text);
  expect(performance.now() - before).toBeLessThan(2000);
});

test("an answer in marks, in a box or bare is the same answer", () => {
  const bare = fc
    .stringMatching(/^[0-9a-z .,+*-]*$/)
    .map((text) => text.trim())
    .filter((text) => text !== "nan");
  fc.assert(
    fc.property(bare, (text) => {
      expect(referenceAnswer(text)).toBe(text);
      expect(referenceAnswer(`<answer>${text}</answer>`)).toBe(text);
      expect(referenceAnswer(`\\boxed{${text}}`)).toBe(text);
      expect(referenceAnswer(`So we find that it is \\boxed{${text}}, as was to be shown.`)).toBe(text);
    }),
  );
});
