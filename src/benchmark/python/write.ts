/**
 * @module
 * Writes values as Python's `str` and `repr` do.
 */
import type { PythonValue } from "./value.ts";

function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e16 || size < 1e-4))
    return value.toExponential().replace(/e([-+])(\d)$/, "e$10$2");
  return Number.isInteger(value) ? `${Object.is(value, -0) ? "-0" : value}.0` : String(value);
}

/** Signs that Python's `repr` of a string does not show as they are. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

function quotedText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t")
    .replaceAll("\r", "\\r")
    .replaceAll(quote, `\\${quote}`)
    .replaceAll(UNSHOWN, (sign) => {
      const code = sign.codePointAt(0)!.toString(16);
      if (code.length <= 2) return `\\x${code.padStart(2, "0")}`;
      return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
    });
  return `${quote}${escaped}${quote}`;
}

/** `repr(value)`. */
export function pythonRepr(value: PythonValue): string {
  if (typeof value === "string") return quotedText(value);
  if (typeof value === "number") return floatText(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value === null) return "None";
  if (value.type === "dict")
    return `{${value.entries.map(([key, of]) => `${pythonRepr(key)}: ${pythonRepr(of)}`).join(", ")}}`;
  const items = value.items.map(pythonRepr).join(", ");
  if (value.type === "list") return `[${items}]`;
  if (value.type === "set") return `{${items}}`;
  return value.items.length === 1 ? `(${items},)` : `(${items})`;
}

/** `str(value)`. */
export function pythonStr(value: PythonValue): string {
  return typeof value === "string" ? value : pythonRepr(value);
}
