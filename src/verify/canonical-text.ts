/**
 * @module
 * One spelling for answers that differ only in typesetting: LaTeX wrappers and spaces, fractions, signs, case.
 */
import { bracedArgument } from "./balanced-braces.ts";

/** Commands that only wrap or style their argument. */
const WRAPPERS = [
  "boxed",
  "text",
  "textbf",
  "textit",
  "textrm",
  "mathrm",
  "mathbf",
  "mathit",
  "mbox",
  "operatorname",
];

const SYMBOLS: readonly (readonly [RegExp, string])[] = [
  [/[−–—]/g, "-"],
  [/[\u00a0\u2000-\u200a\u202f\u3000]/g, " "],
  [/\\[,;:! ]|~/g, " "],
  [/\\(?:left|right|displaystyle|quad|qquad)(?![a-zA-Z])/g, " "],
  [/\\\(|\\\)|\\\[|\\\]/g, " "],
  [/\^\s?(?:\{\s?\\circ\s?\}|\\circ(?![a-zA-Z]))|°/g, "°"],
  [/\\%/g, "%"],
  [/\\?\$/g, " "],
  [/\\(?:cdot|times)(?![a-zA-Z])|[×·]/g, "*"],
  [/\\div(?![a-zA-Z])|÷/g, "/"],
  [/\\infty(?![a-zA-Z])|∞/g, "infinity"],
  [/\\pi(?![a-zA-Z])|π/g, "pi"],
  [/√/g, "\\sqrt"],
  [/\\[dt]frac(?![a-zA-Z])/g, "\\frac"],
  [/：/g, ":"],
];

/** The argument of a command: braced, or the next single character. */
function argumentAt(text: string, at: number): { content: string; end: number } | undefined {
  let start = at;
  while (text[start] === " ") start++;
  const braced = bracedArgument(text, start);
  if (braced !== undefined) return braced;
  const symbol = text[start];
  return symbol !== undefined && /[0-9a-zA-Z]/.test(symbol) ? { content: symbol, end: start + 1 } : undefined;
}

/** A term that needs no parentheses around it. */
function grouped(term: string): string {
  const trimmed = term.trim();
  return /^[0-9a-zA-Z.]*$/.test(trimmed) ? trimmed : `(${trimmed})`;
}

const COMMAND = new RegExp(String.raw`\\(frac|sqrt|${WRAPPERS.join("|")})(?![a-zA-Z])`, "g");

/** Rewrites \frac, \sqrt and the wrappers, innermost last; at most `depth` levels deep. */
function withoutCommands(text: string, depth: number): string {
  let out = "";
  let at = 0;
  for (const match of text.matchAll(COMMAND)) {
    if (match.index < at) continue;
    const name = match[1];
    const first = argumentAt(text, match.index + match[0].length);
    const second = name === "frac" && first !== undefined ? argumentAt(text, first.end) : first;
    if (depth === 0 || first === undefined || second === undefined) continue;
    out += text.slice(at, match.index);
    const inner = withoutCommands(first.content, depth - 1);
    if (name === "frac") {
      const whole = /\d\s?$/.test(out) ? " " : "";
      out += `${whole}${grouped(inner)}/${grouped(withoutCommands(second.content, depth - 1))}`;
    } else if (name === "sqrt") out += `sqrt(${inner.trim()})`;
    else out += ` ${inner} `;
    at = second.end;
  }
  return out + text.slice(at);
}

/**
 * The answer in one spelling: without LaTeX wrappers, `\frac{a}{b}` as a/b, plain minus and degree signs, lower case,
 * exponents without braces, no full stop at the end, and spaces only where they matter: between letters or digits ("1 1/2" is not "11/2") and
 * after a comma ("1, 234" is not "1,234").
 */
export function canonicalText(answer: string): string {
  let text = answer;
  for (const [pattern, replacement] of SYMBOLS) text = text.replace(pattern, replacement);
  return withoutCommands(text, 8)
    .replace(/\s+/g, " ")
    .trim()
    .replace(/\.$/, "")
    .replace(/(?<=[^\p{L}\p{N},]) | (?=[^\p{L}\p{N}])/gu, "")
    .replace(/\^\{(-?[\p{L}\p{N}]+)\}/gu, "^$1")
    .replace(/^\+(?=[\d.])/, "")
    .toLowerCase();
}
