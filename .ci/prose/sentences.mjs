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

/** @param {any} sentence */
const wordCount = (sentence) =>
  sentence.children.filter(
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
      found.push({
        text: textOf(sentence).trim(),
        words: wordCount(sentence),
        line: sentence.position?.start.line ?? block.position.start.line,
        heading: block.type === "heading",
      });
    });
  });
  return found;
};
