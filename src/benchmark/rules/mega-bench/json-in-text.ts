/**
 * @module
 * The last JSON object or list in a reply, or dict or list as Python writes it, as MEGA-Bench's code finds it.
 */
import { pythonJson, pythonLiteral } from "../../python/read.ts";
import { identity, isDict, isSequence, type PythonValue } from "../../python/value.ts";

const NOTHING: PythonValue = { type: "dict", entries: [] };
const EMPTY: PythonValue = { type: "list", items: [] };

/** The text after "Answer:" at the beginning of a line, up to its end; else all of the text. */
function answerLine(reply: string): string {
  const line = /(?:^|\n)(?:\*\*Answer:|Answer:)\s*([^\n]+)/.exec(reply)?.[1];
  return (line ?? reply).trim();
}

/** Where each brace of a text is closed; a brace that is not has no entry. */
function closingBraces(text: string): ReadonlyMap<number, number> {
  const closed = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "{") open.push(at);
    else if (text[at] === "}") {
      const start = open.pop();
      if (start !== undefined) closed.set(start, at);
    }
  }
  return closed;
}

/** From each place of a text, the last closing bracket that can be reached without leaving a pair of braces; −1 for none. */
function reachedBrackets(text: string, braces: ReadonlyMap<number, number>): Int32Array {
  const reached = new Int32Array(text.length + 1).fill(-1);
  for (let at = text.length - 1; at >= 0; at--) {
    const symbol = text[at];
    if (symbol === "}") continue;
    const end = symbol === "{" ? braces.get(at) : at;
    const later = end === undefined ? -1 : reached[end + 1]!;
    reached[at] = symbol === "]" && later < 0 ? at : later;
  }
  return reached;
}

/** Stretches in braces or brackets that do not overlap. */
function candidates(text: string): string[] {
  const braces = closingBraces(text);
  const brackets = reachedBrackets(text, braces);
  const found: string[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== "{" && text[at] !== "[") continue;
    const end = text[at] === "{" ? (braces.get(at) ?? -1) : brackets[at + 1]!;
    if (end < 0) continue;
    found.push(text.slice(at, end + 1));
    at = end;
  }
  return found;
}

/** Strings that hold JSON themselves are replaced by it. */
function unnested(text: string): string {
  let plain = text.replaceAll('\\"', "__DOUBLE_QUOTE__").replaceAll("\\'", "__SINGLE_QUOTE__");
  for (const [quoted] of plain.matchAll(/"(?:\\[^\n]|[^"\\])*"/g)) {
    const inner = quoted.slice(1, -1).replaceAll("__DOUBLE_QUOTE__", '"').replaceAll("__SINGLE_QUOTE__", "'");
    const value = pythonJson(inner);
    if (isDict(value) || isSequence(value)) plain = plain.replaceAll(quoted, () => inner);
  }
  return plain.replaceAll("__DOUBLE_QUOTE__", '\\"').replaceAll("__SINGLE_QUOTE__", "\\'");
}

function parsed(candidate: string): PythonValue | undefined {
  const text = unnested(candidate);
  const json =
    pythonJson(text) ?? pythonJson(text.replaceAll(/(?<![\p{L}\p{N}_])'|'(?![\p{L}\p{N}_])/gu, '"'));
  return (
    pythonLiteral(text) ?? pythonLiteral(text.replaceAll('\\"', '\\\\"').replaceAll("\\'", "\\\\'")) ?? json
  );
}

/** The value; an empty dict where there is none, or an empty list where the text begins as a list. */
export function jsonInText(reply: string): PythonValue {
  const line = answerLine(reply);
  const text = /```json\s*\n*([\s\S]*?)\s*```/.exec(line)?.[1]?.trim() ?? line;
  for (const candidate of candidates(text).reverse()) {
    const value = parsed(candidate);
    if (value !== undefined) return value;
  }
  return text.startsWith("[") ? EMPTY : NOTHING;
}

/** Whether a value is the empty dict or the empty list. */
export function isEmpty(value: PythonValue, brackets: "{}" | "[]"): boolean {
  return identity(value) === identity(brackets === "{}" ? NOTHING : EMPTY);
}
