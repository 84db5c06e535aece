/**
 * @module
 * Chemical formulas and other capital letters with indices in one spelling: "H_2O", "H₂O" and "\text{H}_2\text{O}".
 */
import { SUBSCRIPTS, SUPERSCRIPTS } from "./symbols.ts";

const FORMULA = /^\d*(?:[A-Z][a-z]?\d*|[([]|[)\]]\d*)+(?:\^\d+[+-]|[+-])?$/;
const MAX_LENGTH = 120;
/** "Fe3+": the number behind one element is its charge. */
const ION = /^([A-Z][a-z]?)(\d[+-])$/;

/** The formula in plain characters, "H2O", "SO4^2-"; undefined where the text is not a formula. */
export function formulaOf(text: string): string | undefined {
  if (text.length > MAX_LENGTH || !/[A-Z]/.test(text)) return undefined;
  const plain = text
    .replaceAll(/[₀-₉]/g, (digit) => String(SUBSCRIPTS.indexOf(digit)))
    .replaceAll(/[⁰¹²³⁴-⁹]*[⁺⁻]/g, (charge) => `^${charge.replaceAll(/./g, ascii)}`)
    .replaceAll(/\\(?:text|mathrm|rm|ce)(?![a-z])\s?|[{}$_]/g, "")
    .replace(/\^(?=[+-]$)/, "")
    .replace(ION, "$1^$2");
  return FORMULA.test(plain) ? plain : undefined;
}

function ascii(symbol: string): string {
  if (symbol === "⁺") return "+";
  return symbol === "⁻" ? "-" : String(SUPERSCRIPTS.indexOf(symbol));
}
