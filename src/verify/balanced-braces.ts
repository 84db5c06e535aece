/**
 * @module
 * Reading the brace-delimited arguments of LaTeX commands, in linear time.
 */

/** An argument and where the text goes on after it. */
export interface BracedArgument {
  readonly content: string;
  /** Index after the closing brace. */
  readonly end: number;
}

/**
 * The balanced argument whose opening brace is at `open`; undefined where there is no brace or it never closes.
 * A brace after a backslash is text.
 */
export function bracedArgument(text: string, open: number): BracedArgument | undefined {
  if (text[open] !== "{") return undefined;
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    const symbol = text[i];
    if (symbol === "\\") i++;
    else if (symbol === "{") depth++;
    else if (symbol === "}" && --depth === 0) return { content: text.slice(open + 1, i), end: i + 1 };
  }
  return undefined;
}
