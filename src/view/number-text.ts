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
  const percent = Math.abs(value) * 100;
  const [sign, below, above] = value < 0 ? [MINUS, ">", "<"] : ["", "<", ">"];
  if (percent > 99.9 && percent < 100) return `${above}${sign}99.9 %`;
  if (percent > 0 && percent < 0.1) return `${below}${sign}0.1 %`;
  // Only a whole share is 100 %.
  const hasDecimal = percent < 10 || (percent >= 99.5 && percent < 100);
  return `${sign}${percent.toFixed(hasDecimal ? 1 : 0)} %`;
}

/** A difference of shares in percentage points, with its sign. */
export function pointsText(difference: number): string {
  return `${signedText(Number((100 * difference).toFixed(1)))} points`;
}

const MOST_DECIMALS = 12;

/** Decimals that a number needs to be written whole. */
function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < MOST_DECIMALS; decimals++) {
    const scaled = step * 10 ** decimals;
    if (scaled > 0.5 && Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return decimals;
  }
  return MOST_DECIMALS;
}

/**
 * A mark of an axis, with the decimals that the distance between marks needs.
 *
 * @param isShare as per cent
 */
export function tickText(value: number, step: number, isShare = false): string {
  const [shown, every] = isShare ? [100 * value, 100 * step] : [value, step];
  const size = Math.abs(shown);
  const unit = isShare ? " %" : "";
  if (size < every * 1e-6) return `0${unit}`;
  if (size >= 1e6 || every < 1e-4) {
    const digits = Math.max(0, Math.floor(Math.log10(size)) + decimalsOf(every));
    return `${trimmedPower(shown.toExponential(Math.min(MOST_DECIMALS, digits)))}${unit}`;
  }
  return `${shown.toFixed(decimalsOf(every)).replaceAll("-", MINUS)}${unit}`;
}

const trimmedPower = (text: string) =>
  text
    .replace(/\.?0*e/, "e")
    .replace("e+", "e")
    .replaceAll("-", MINUS);

/** The distance of marks that can be distinguished on an axis of some length: a power of ten. */
export function tickStep(span: number): number {
  return span > 0 ? 10 ** Math.floor(Math.log10(span / 100)) : 1;
}

/** Seconds for people. */
export function secondsText(value: number): string {
  if (value < 1) return `${Math.round(value * 1000)} ms`;
  return value < 120 ? `${numberText(value)} s` : `${Math.round(value / 60)} min`;
}
