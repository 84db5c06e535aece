/**
 * @module
 * Bodies of servers in messages.
 */

const MOST = 300;

/** The text of a body on one line, its beginning where it is long. */
export function shownBody(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  if (line === "") return "nothing";
  return line.length > MOST ? `${line.slice(0, MOST)} …` : line;
}
