/**
 * Worked numbers: TypeScript blocks with lines of the form `expression; // → value` are run, and each value is compared. A number
 * is right to half a unit of its last written digit; one written without a decimal point is exact.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transformWithOxc } from "vite";
import { root } from "../repository-files.mjs";

const FOLDER = join(root, "dist", "docs-worked");
const SHOWN = /^(\s*)(\S.*?);\s*\/\/ → (.+)$/;
const NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g;

/** Whether a block has worked numbers. */
export const isWorked = ({ language, text }) =>
  language === "ts" && text.split("\n").some((line) => SHOWN.test(line));

/** Problems of one block, each with the page and line of the number. */
export async function workedProblems({ path, line, text }, index) {
  const expected = [];
  const lines = text.split("\n").map((own, i) => {
    const [, indent, expression, value] = SHOWN.exec(own) ?? [];
    if (expression === undefined) return own;
    const at = `${path}:${line + 1 + i}`;
    expected.push({ at, value });
    return `${indent}shown.push(${expression});`;
  });
  const code = `export const shown: unknown[] = [];\n${lines.join("\n")}`;
  const file = join(FOLDER, `block-${index}.mjs`);
  mkdirSync(FOLDER, { recursive: true });
  try {
    writeFileSync(file, (await transformWithOxc(code, "block.ts")).code);
    const { shown } = await import(pathToFileURL(file).href);
    if (shown.length !== expected.length)
      return [`${path}:${line}: expected ${expected.length} values, got ${shown.length}`];
    return expected.flatMap(({ at, value }, i) => {
      const got = plain(shown[i]);
      return isSame(written(value, at), got) ? [] : [`${at}: expected ${value}, got ${JSON.stringify(got)}`];
    });
  } catch (error) {
    return [`${path}:${line}: ${error.message}`];
  } finally {
    rmSync(FOLDER, { recursive: true, force: true });
  }
}

/** A value as JSON has it: typed arrays as lists. */
const plain = (value) =>
  JSON.parse(JSON.stringify(value ?? null, (_, own) => (ArrayBuffer.isView(own) ? Array.from(own) : own)));

/** A written value, its numbers as `{ number, tolerance }`. */
function written(text, at) {
  const marked = text.replace(NUMBER, (token) => {
    if (token.startsWith('"')) return token;
    const [, decimals = "", exponent = "0"] = /^-?\d+(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(token);
    const unit = 10 ** (Number(exponent) - decimals.length);
    return JSON.stringify({ number: Number(token), tolerance: decimals === "" ? 0 : 0.5 * unit });
  });
  try {
    return JSON.parse(marked);
  } catch {
    throw new Error(`${at}: expected JSON after the arrow, got ${text}`);
  }
}

function isSame(expected, got) {
  if (expected === null || typeof expected !== "object") return expected === got;
  if ("tolerance" in expected)
    return typeof got === "number" && Math.abs(expected.number - got) <= expected.tolerance + 1e-12;
  if (got === null || typeof got !== "object") return false;
  const [own, other] = [Object.keys(expected), Object.keys(got)];
  return own.length === other.length && own.every((key) => key in got && isSame(expected[key], got[key]));
}
