/** The sentences of a Markdown text: paragraphs, list items, headings and table cells; code and formulas are one word. */
import { toNlcst } from "mdast-util-to-nlcst";
import { ParseEnglish } from "parse-english";
import remarkFrontmatter from "remark-frontmatter";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { visit } from "unist-util-visit";
import { VFile } from "vfile";

const markdown = unified().use(remarkParse).use(remarkFrontmatter).use(remarkGfm).use(remarkMath);

const TEXT_BLOCKS = ["paragraph", "heading", "tableCell"];
const AS_ONE_WORD = ["inlineCode", "inlineMath"];

/** @param {any} node @returns {string} */
const textOf = (node) => {
  if (node.type === "SourceNode") return "`…`";
  return "value" in node ? node.value : node.children.map(textOf).join("");
};

const ABBREVIATION = /^(?:al|cf|eqs?|figs?|no|sec|st|vs)\.$/i;

/**
 * Whether a sentence ends at a node. The parser does not end one before code or after a number; the stop of an
 * abbreviation is part of its word.
 *
 * @param {any} node
 * @param {any} next the node behind the white space
 */
const isEnd = (node, next) => {
  if (node?.type === "PunctuationNode") return /^[.!?]$/.test(node.value);
  if (node?.type !== "WordNode" || next === undefined) return false;
  const word = textOf(node);
  return (
    /^(?:[\d.,]+|\p{L}{2,})\.$/u.test(word) && !ABBREVIATION.test(word) && /^(?:\p{Lu}|`)/u.test(textOf(next))
  );
};

/** @param {any[]} nodes of a sentence by the parser @returns {any[][]} the nodes of each sentence */
const splitAtStops = (nodes) => {
  /** @type {any[][]} */
  const parts = [[]];
  for (const [index, node] of nodes.entries()) {
    const part = /** @type {any[]} */ (parts.at(-1));
    if (node.type === "WhiteSpaceNode" && isEnd(part.at(-1), nodes[index + 1])) parts.push([]);
    else part.push(node);
  }
  return parts.filter(({ length }) => length > 0);
};

/** @param {any[]} nodes */
const wordCount = (nodes) =>
  nodes.filter(
    (/** @type {any} */ { type, value }) =>
      type === "WordNode" || (type === "SourceNode" && /[\p{L}\p{N}]/u.test(value)),
  ).length;

/**
 * @param {string} text
 * @returns {import("./check-sentence.mjs").Sentence[]} in the order of the text
 */
export const sentencesOf = (text) => {
  const file = new VFile(text);
  const found = /** @type {import("./check-sentence.mjs").Sentence[]} */ ([]);
  visit(markdown.parse(file), TEXT_BLOCKS, (/** @type {any} */ block) => {
    if (block.children.length === 0) return;
    const paragraph = { type: "paragraph", children: block.children, position: block.position };
    const root = /** @type {any} */ ({ type: "root", children: [paragraph], position: block.position });
    visit(toNlcst(root, file, ParseEnglish, { source: AS_ONE_WORD }), "SentenceNode", (sentence) => {
      for (const nodes of splitAtStops(sentence.children)) {
        found.push({
          text: nodes.map(textOf).join(""),
          words: wordCount(nodes),
          line: nodes[0].position?.start.line ?? block.position.start.line,
          heading: block.type === "heading",
        });
      }
    });
  });
  return found;
};
