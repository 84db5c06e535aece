/**
 * @module
 * Numbers as the reports and the page write them.
 */

const MISSING = "–";
const MINUS = "−";

function trimmed(text: string): string {
  return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
}

/** Three significant digits; large and small numbers with an exponent. */
export function numberText(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text =
    size >= 1e6 || size < 1e-3
      ? value
          .toExponential(Math.max(0, digits - 2))
          .replace(".0e", "e")
          .replace("e+", "e")
      : size >= 100
        ? String(Math.round(value))
        : trimmed(value.toPrecision(digits));
  return text.replaceAll("-", MINUS);
}

/** With its sign, also where it is positive. */
export function signedText(value: number | null | undefined): string {
  const text = numberText(value);
  return typeof value === "number" && value > 0 ? `+${text}` : text;
}

/** A share as per cent. */
export function percentText(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  const percent = value * 100;
  if (percent > 99.9 && percent < 100) return ">99.9 %";
  if (percent > 0 && percent < 0.1) return "<0.1 %";
  // Only a whole share is 100 %.
  const hasDecimal = percent < 10 || (percent >= 99.5 && percent < 100);
  return `${percent.toFixed(hasDecimal ? 1 : 0)} %`;
}

/** Seconds for people. */
export function secondsText(value: number): string {
  if (value < 1) return `${Math.round(value * 1000)} ms`;
  return value < 120 ? `${numberText(value)} s` : `${Math.round(value / 60)} min`;
}
