/**
 * @module
 * A completion in the terminal with each token's role: as colours, or as marks on the line below where colours are
 * not wanted.
 */

/** The shown role of a token: it is about the image, the text, or neither. */
export type ShownRole = "visual" | "text" | "neutral";

/** A token to show. */
export interface ShownToken {
  readonly text: string;
  readonly role: ShownRole;
  /** True draws the token as a mistake. */
  readonly isWrong?: boolean;
}

const ESCAPE = "\u001b[";
const RESET = `${ESCAPE}0m`;
/** Most colour-blind readers can distinguish blue and orange; 256-colour codes. */
const STYLES: Readonly<Record<ShownRole, string>> = {
  visual: `${ESCAPE}38;5;39m`,
  text: `${ESCAPE}38;5;208m`,
  neutral: `${ESCAPE}2m`,
};
const WRONG = `${ESCAPE}4m`;
const MARKS: Readonly<Record<ShownRole, string>> = { visual: "v", text: "t", neutral: "." };

/**
 * The tokens as coloured text, mistakes underlined; without colours the text and below it one mark for each of its
 * characters: v, t or a dot, in capitals (! for a dot) where the token is wrong.
 */
export function showTokens(tokens: readonly ShownToken[], isColoured: boolean): string {
  if (isColoured) {
    return tokens
      .map(({ text, role, isWrong }) =>
        text === "" ? "" : `${STYLES[role]}${isWrong ? WRONG : ""}${text}${RESET}`,
      )
      .join("");
  }
  const text = tokens.map((token) => token.text.replaceAll("\n", "⏎")).join("");
  const marks = tokens
    .map(({ text: own, role, isWrong }) => {
      const wrongMark = role === "neutral" ? "!" : MARKS[role].toUpperCase();
      return (isWrong ? wrongMark : MARKS[role]).repeat(own.length);
    })
    .join("");
  return `${text}\n${marks}`;
}

/** One line that says what the colours or marks mean. */
export function roleLegend(isColoured: boolean): string {
  return isColoured
    ? `${STYLES.visual}image${RESET} ${STYLES.text}text${RESET} ${STYLES.neutral}neither${RESET} ${WRONG}wrong${RESET}`
    : "v image, t text, . neither, capitals wrong";
}
