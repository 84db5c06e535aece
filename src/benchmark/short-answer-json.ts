/**
 * @module
 * The short answer of a reply in JSON, as DynaMath's authors ask for it. Models write LaTeX into it, with its backslashes
 * doubled as JSON has them or not.
 */

/** Control characters, which JSON has escaped in texts; models write line feeds as they are. */
const CONTROL = /\p{Cc}/gu;

/** A backslash with the rest of an escape that is kept; alone where it is doubled. */
const LONE_BACKSLASH = /\\(\\|["/]|u[0-9a-fA-F]{4})?/g;

function withBackslashes(json: string): string {
  return json.replaceAll(LONE_BACKSLASH, (found: string, kept: string | undefined) =>
    kept === undefined ? "\\\\" : found,
  );
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Letters that LaTeX's commands and JSON's escapes both have after a backslash: `\frac`, `\beta`, `\text`, `\rho`. */
const COMMAND = /[\b\f\n\r\t](?=\p{L})/u;

function answerIn(json: unknown): string | undefined {
  if (typeof json !== "object" || json === null || !("short answer" in json)) return undefined;
  const short = json["short answer"];
  if (typeof short === "string") return short;
  return typeof short === "number" || typeof short === "boolean" ? String(short) : undefined;
}

/**
 * The short answer in the JSON of a reply, from its first brace to its last; of a number or a boolean, its text. The JSON is
 * read as it is, else with backslashes doubled that are no escapes, else without backslashes.
 *
 * @param reply without its thought
 * @returns undefined where the reply has no such JSON
 * @example
 * shortAnswer('{"short answer": "\\\\frac{1}{2}"}'); // "\\frac{1}{2}"
 */
export function shortAnswer(reply: string): string | undefined {
  const [from, to] = [reply.indexOf("{"), reply.lastIndexOf("}")];
  if (from < 0 || to < from) return undefined;
  const json = reply.slice(from, to + 1).replaceAll(CONTROL, " ");
  const asIs = answerIn(parsed(json));
  if (asIs !== undefined && !COMMAND.test(asIs)) return asIs;
  return answerIn(parsed(withBackslashes(json))) ?? asIs ?? answerIn(parsed(json.replaceAll("\\", "")));
}
