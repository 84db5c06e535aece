/**
 * @module
 * The rule of MathVision's authors (mathllm/MATH-V, commit 1d36118, MIT), which lmms-eval has taken over.
 */

import { pythonFloat } from "../../verify/index.ts";
import { isSameToHundredths, latexNumber } from "./latex-number.ts";
import type { ReadingRule } from "./reading.ts";

const FLAGS = [
  "the final answer is",
  "the answer is",
  "the correct answer is",
  "the answer should be",
].flatMap((flag) => [flag, flag.replace("the", "The")]);

/** A letter that ends or begins a reply. */
function loneLetter(reply: string): string {
  let text = reply;
  for (const letter of "ABCDE") {
    const ends = [` ${letter}.`, ` (${letter}).`].some((end) => text.endsWith(end));
    const begins = [`${letter}\n`, `(${letter})\n`, `(${letter}) ${letter}\n`].some((start) =>
      text.startsWith(start),
    );
    if (ends || begins) text = letter;
  }
  return text;
}

/** A number after the last "is "; else the last box, or the sentence after the last declaration. */
function declared(reply: string): string {
  let text = loneLetter(reply.trim());
  const number = text.split("is ").at(-1)!.replace(/\.+$/, "");
  if (pythonFloat(number) !== undefined) text = number;
  const boxes = text.split("oxed{");
  if (boxes.length > 2) return `\\boxed{${boxes.at(-1)}`;
  if (boxes.length === 2) return text;
  for (const flag of FLAGS) {
    const isDeclared = text.includes(flag);
    text = text.split(flag).at(-1)!.trim();
    if (isDeclared) text = text.split("\n")[0]!.split(". ")[0]!;
  }
  return text;
}

const bracedRoots = (text: string) => text.replaceAll(/\\sqrt([^{])/g, "\\sqrt{$1}");

/** "\frac12" as "\frac{1}{2}"; the text as it is where a fraction has no two parts. */
function bracedFractions(text: string): string {
  const [head = "", ...rest] = text.split("\\frac");
  if (rest.some((part) => !part.startsWith("{") && part.length < 2)) return text;
  const parts = rest.map((part) => {
    if (part.startsWith("{")) return part;
    const [top, bottom, tail] = [part[0], part[1], part.slice(2)];
    return bottom === "{" ? `{${top}}{${tail}` : `{${top}}{${bottom}}${tail}`;
  });
  return [head, ...parts].join("\\frac");
}

/** Text after the one sign of its kind. */
function behindOnly(text: string, sign: string): string {
  const parts = text.split(sign);
  return parts.length === 2 ? parts[1]! : text;
}

/** LaTeX in one spelling, without units, degrees, percents and white space. */
function plainLatex(text: string): string {
  let plain = text
    .replaceAll(/\n|\\!/g, "")
    .replaceAll("\\\\", "\\")
    .replaceAll(/[td]frac/g, "frac");
  plain = plain.replaceAll(/\\left|\\right|\^\{\\circ\}|\^\\circ|\\\$|\$/g, "");
  plain = plain.split("\\text{ ")[0]!.replaceAll("\\%", "");
  plain = plain.replaceAll(" .", " 0.").replaceAll("{.", "{0.");
  if (plain === "") return "";
  if (plain.startsWith(".")) plain = `0${plain}`;
  plain = bracedRoots(behindOnly(behindOnly(plain, "="), "\\approx")).replaceAll(" ", "");
  if (plain.includes("sqrt")) plain = bracedFractions(plain);
  if (plain === "0.5") return "\\frac{1}{2}";
  const [, top, bottom] = /^(-?(?:0|[1-9]\d*))\/(-?(?:0|[1-9]\d*))$/.exec(plain) ?? [];
  return top === undefined ? plain : `\\frac{${top}}{${bottom}}`;
}

/** The content of the last box, or all of a text, after its last "=", in plain LaTeX. */
function mathAnswer(reply: string): string {
  const text = reply.toLowerCase().replaceAll("{}", "");
  let answer = /oxed\{(.*)\}/s.exec(text)?.[1] ?? text;
  const [open, close] = [answer.indexOf("{"), answer.indexOf("}")];
  if (close >= 0 && (open < 0 || close < open)) answer = answer.slice(0, close);
  answer = answer.split("=").at(-1)!.split("\\approx").at(-1)!;
  answer = answer.replaceAll(/ |\\,/g, "").replaceAll("∞", "\\infty").replaceAll("+\\infty", "\\infty");
  answer = answer
    .replaceAll("\\\\", "\\")
    .replaceAll(/\n|\\text|\\mbox/g, "")
    .replaceAll("bmatrix", "pmatrix");
  answer = answer.replaceAll(/\\left|\\right|\^\{\\circ\}|\^\\circ/g, "");
  for (const unit of ["{m}^3", "m^3", "{units}", "units", "{km}", "km"]) answer = answer.replaceAll(unit, "");
  return plainLatex(answer);
}

/** The answer that the rule reads out of a reply, in lower case. */
function mathVisionAnswer(reply: string): string {
  return mathAnswer(declared(reply))
    .replaceAll(/[({]([a-e])[)}]/g, "$1")
    .replace(/\.+$/, "")
    .replace(/^:+/, "")
    .trim();
}

/** "(2*3,5)" with its parts evaluated to two places; the text where one has no value, or it is no tuple or list. */
function evaluated(text: string): string {
  const [, open, inner, close] = /^([([])(.*)([)\]])$/s.exec(text) ?? [];
  if (inner === undefined || !["()", "[]"].includes(`${open}${close}`)) return text;
  const parts = inner.split(",");
  if (parts.length < 2) return text;
  const values = parts.map((part) => {
    if (part.includes("infty") || part === "a" || part === "-a") return part;
    const value = latexNumber(part);
    return value === undefined ? undefined : String(Math.round(value * 100) / 100);
  });
  return values.includes(undefined) ? text : `${open}${values.join(",")}${close}`;
}

function isEqual(given: string, answer: string): boolean {
  const [a, b] = [given.toLowerCase(), answer.toLowerCase()];
  if (a.trim() === "" || b.trim() === "") return false;
  if (a.trim() === b.trim()) return true;
  const [x, y] = [evaluated(a), evaluated(b)];
  return x === y || isSameToHundredths(x, y);
}

/** Right where the answer is an accepted one, a letter or its text, as a text or as a number to two places. */
export const mathVisionRule: ReadingRule = (reply, { answers }) => {
  const extracted = mathVisionAnswer(reply);
  return {
    extracted: extracted === "" ? undefined : extracted,
    isRight: answers.some((answer) => isEqual(answer, extracted)),
  };
};
