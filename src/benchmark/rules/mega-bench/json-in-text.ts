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

/** Where the brace at a place is closed; undefined where it is not. */
function closingBrace(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "{") depth++;
    if (text[at] === "}" && --depth === 0) return at;
  }
  return undefined;
}

/** The last closing bracket that can be reached from a bracket without leaving a pair of braces. */
function closingBracket(text: string, from: number): number | undefined {
  let last: number | undefined;
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "}") break;
    if (text[at] === "]") last = at;
    if (text[at] !== "{") continue;
    const end = closingBrace(text, at);
    if (end === undefined) break;
    at = end;
  }
  return last;
}

/** Stretches in braces or brackets that do not overlap. */
function candidates(text: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== "{" && text[at] !== "[") continue;
    const end = text[at] === "{" ? closingBrace(text, at) : closingBracket(text, at);
    if (end === undefined) continue;
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
  const last = candidates(text)
    .map(parsed)
    .findLast((value) => value !== undefined);
  return last ?? (text.startsWith("[") ? EMPTY : NOTHING);
}

/** Whether a value is the empty dict or the empty list. */
export function isEmpty(value: PythonValue, brackets: "{}" | "[]"): boolean {
  return identity(value) === identity(brackets === "{}" ? NOTHING : EMPTY);
}
