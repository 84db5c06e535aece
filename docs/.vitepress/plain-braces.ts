/**
 * @module
 * Double braces in the text of a page are text, as on GitHub: Vue does not evaluate them.
 */
import type { MarkdownRenderer } from "vitepress";

/** Markdown-it plug-in: writes {{ in text as character references. */
export function plainBraces(markdown: MarkdownRenderer): void {
  markdown.renderer.rules.text = (tokens, index) =>
    markdown.utils.escapeHtml(tokens[index]?.content ?? "").replaceAll("{{", "&#123;&#123;");
}
