/**
 * The prose of a TypeScript file as Markdown passages: comments, messages of errors, descriptions, help, titles of tests
 * and labels of the viewer.
 */
import { parseSync, Visitor } from "oxc-parser";

/** @typedef {{ text: string, line: number }} Passage its first line in the file, from 1 */

const DESCRIBING_CALLS = new Set([
  "argument",
  "describe",
  "description",
  "it",
  "option",
  "requiredOption",
  "summary",
  "test",
]);
const DESCRIBING_PROPERTIES = new Set([
  "description",
  "explanation",
  "help",
  "hint",
  "label",
  "summary",
  "title",
]);
const DESCRIBING_ATTRIBUTES = new Set(["aria-label", "placeholder", "title"]);

/** Comments for tools. */
const IS_DIRECTIVE = /^\s*(?:biome-ignore|oxlint-|eslint-|@ts-|\/? *<reference)/;

/** @param {string} source @returns {(offset: number) => number} the line of an offset, from 1 */
const lineNumbers = (source) => {
  const starts = [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
};

/** The code of an example is no prose: its lines become empty. @param {string} text */
const withoutExamples = (text) =>
  text.replace(/^@example\b[\s\S]*?(?=^@|(?![\s\S]))/gm, (example) => example.replace(/[^\n]/g, ""));

/** A block comment without its stars. Tags begin a paragraph, with as many lines as before. @param {string} value */
const blockText = (value) =>
  withoutExamples(
    value
      .split("\n")
      .map((line, index) => (index === 0 ? line.replace(/^\*+ ?/, "") : line.replace(/^\s*\* ?/, "")))
      .join("\n"),
  )
    .split("\n")
    .map((line) => line.replace(/\{@link (\S+?)\}/g, "`$1`"))
    .map((line) => line.replace(/^@(?:param|template) (\S+)(?: -)?/, "- `$1`").replace(/^@\w+/, "-"))
    .join("\n")
    .trimEnd();

/** @param {string} source @param {any[]} comments @param {(offset: number) => number} lineOf */
const commentPassages = (source, comments, lineOf) => {
  /** @type {(Passage & { end: number, isLine: boolean })[]} */
  const passages = [];
  for (const { type, value, start, end } of comments) {
    if (IS_DIRECTIVE.test(value)) continue;
    const last = passages.at(-1);
    const follows = last?.isLine && type === "Line" && /^\n[ \t]*$/.test(source.slice(last.end, start));
    if (follows) {
      last.text += `\n${value.trim()}`;
      last.end = end;
    } else {
      const text = type === "Line" ? value.trim() : blockText(value);
      passages.push({ text, line: lineOf(start), end, isLine: type === "Line" });
    }
  }
  return passages.map(({ text, line }) => ({ text, line }));
};

/** The name that a call ends with: `describe` of `z.string().describe(…)`, `test` of `test.each(…)(…)`. @param {any} callee */
const calledNames = (callee) => {
  /** @type {string[]} */
  const names = [];
  let node = callee;
  while (node) {
    if (node.type === "Identifier") return [...names, node.name];
    if (node.type === "MemberExpression") {
      names.push(node.property.name);
      if (!["test", "describe", "it"].includes(node.object.name)) return names;
      node = node.object;
    } else if (node.type === "CallExpression") node = node.callee;
    else return names;
  }
  return names;
};

/** The strings and templates below a node; what a template puts in counts as code. @param {any} node @returns {any[]} */
const stringNodes = (node) => {
  if (node === null || typeof node !== "object") return [];
  if (Array.isArray(node)) return node.flatMap(stringNodes);
  if (node.type === "Literal") return typeof node.value === "string" ? [node] : [];
  if (node.type === "TemplateLiteral") return [node];
  if (/Function/.test(node.type ?? "")) return [];
  return Object.values(node).flatMap(stringNodes);
};

/** @param {any} node */
const stringText = (node) =>
  node.type === "Literal"
    ? node.value
    : node.quasis.map((/** @type {any} */ { value }) => value.cooked ?? value.raw).join("`…`");

/**
 * @param {string} path
 * @param {string} source
 * @returns {Passage[]} in the order of the file
 */
export const sourcePassages = (path, source) => {
  const { program, comments, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  const lineOf = lineNumbers(source);
  /** @type {Map<number, Passage>} */
  const strings = new Map();
  /** @param {any} node */
  const add = (node) => {
    for (const string of stringNodes(node)) {
      const text = stringText(string);
      if (/\S\s+\S/.test(text)) strings.set(string.start, { text, line: lineOf(string.start) });
    }
  };
  new Visitor({
    NewExpression: (node) => {
      if (node.callee.type === "Identifier" && node.callee.name.endsWith("Error")) add(node.arguments);
    },
    CallExpression: (node) => {
      if (!calledNames(node.callee).some((name) => DESCRIBING_CALLS.has(name))) return;
      add(node.arguments.filter(({ type }) => type === "Literal" || type === "TemplateLiteral"));
    },
    Property: (node) => {
      const key = /** @type {any} */ (node.key);
      if (DESCRIBING_PROPERTIES.has(key.name ?? key.value)) add(node.value);
    },
    JSXText: (node) => {
      if (/\S\s+\S/.test(node.value))
        strings.set(node.start, { text: node.value.trim(), line: lineOf(node.start) });
    },
    JSXAttribute: (node) => {
      if (typeof node.name.name === "string" && DESCRIBING_ATTRIBUTES.has(node.name.name)) add(node.value);
    },
  }).visit(program);
  return [...commentPassages(source, comments, lineOf), ...strings.values()].sort(
    (first, second) => first.line - second.line,
  );
};
