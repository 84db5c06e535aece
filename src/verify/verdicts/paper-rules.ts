/**
 * @module
 * Answer extraction rules of papers and their code, which are weaker than Fovea's. An unfinished thought and its
 * content count.
 */

/**
 * - `easyr1`: EasyR1's reward for mathematics by mathruler: the last `\boxed{` with balanced braces, thought or not.
 * - `r1-v`: R1-V and Video-R1 (arXiv:2503.21776): the first `<answer>…</answer>`, else all of the text.
 * - `verl-gsm8k`: verl's reward for GSM8K: the last number after `####`, in the last 300 characters.
 */
export const PAPER_RULES = ["easyr1", "r1-v", "verl-gsm8k"] as const;
export type PaperRule = (typeof PAPER_RULES)[number];

/** Characters at the end of a text in which verl's code looks. */
const GSM8K_SEARCHED = 300;

const rules: Readonly<Record<PaperRule, (text: string) => string | undefined>> = {
  easyr1: (text) => {
    const from = text.lastIndexOf("\\boxed{");
    if (from < 0) return undefined;
    let depth = 0;
    for (let i = from + "\\boxed".length; i < text.length; i++) {
      if (text[i] === "{") depth++;
      else if (text[i] === "}" && --depth === 0) return text.slice(from + "\\boxed{".length, i).trim();
    }
    return undefined;
  },
  "r1-v": (text) => {
    const open = text.indexOf("<answer>");
    const close = open < 0 ? -1 : text.indexOf("</answer>", open);
    return (close < 0 ? text : text.slice(open + "<answer>".length, close)).trim();
  },
  "verl-gsm8k": (text) => {
    const found = [...text.slice(-GSM8K_SEARCHED).matchAll(/#### (-?[\d.,]+)/g)].at(-1)?.[1];
    return found?.replace(/[,.]$/, "");
  },
};

/** The answer of a completion by a paper's rule; null where it finds none. */
export function readByRule(rule: PaperRule, text: string): string | null {
  return rules[rule](text) || null;
}
