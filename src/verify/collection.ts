/**
 * @module
 * Points, intervals and sets: answers of several parts in brackets.
 */

/** The parts of an answer in brackets, and which brackets. */
interface Collection {
  readonly brackets: string;
  readonly parts: readonly string[];
}

const OPENING = "([{";
const CLOSING = ")]}";
/** More parts than any answer has. */
const MAX_PARTS = 20;

/** What stands between commas in "(1,2)", "[1,2)" or "{1,2}"; undefined for anything else and for a single part. */
function collection(text: string): Collection | undefined {
  const plain = text.replace(/^\\\{/, "{").replace(/\\\}$/, "}");
  const opening = plain[0] ?? "";
  const closing = plain.at(-1) ?? "";
  const isSet = opening === "{";
  if (!OPENING.includes(opening) || !CLOSING.includes(closing) || isSet !== (closing === "}"))
    return undefined;
  const parts: string[] = [];
  let depth = 0;
  let start = 1;
  for (let i = 1; i < plain.length - 1; i++) {
    const symbol = plain[i]!;
    if (OPENING.includes(symbol)) depth++;
    else if (CLOSING.includes(symbol) && --depth < 0) return undefined;
    else if (symbol === "," && depth === 0) {
      parts.push(plain.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(plain.slice(start, -1).trim());
  const isProper = depth === 0 && parts.length > 1 && parts.length <= MAX_PARTS;
  return isProper && !parts.includes("") ? { brackets: opening + closing, parts } : undefined;
}

/**
 * Whether two canonical texts are collections of the same parts, in the same brackets: in order, or, in braces, in any.
 *
 * @param isSame whether two parts are the same
 */
export function sameCollection(a: string, b: string, isSame: (a: string, b: string) => boolean): boolean {
  const x = collection(a);
  const y = collection(b);
  if (x === undefined || y === undefined || x.brackets !== y.brackets) return false;
  if (x.parts.length !== y.parts.length) return false;
  if (x.brackets !== "{}") return x.parts.every((part, i) => isSame(part, y.parts[i]!));
  const fits = x.parts.map((part) => y.parts.map((other) => isSame(part, other)));
  const partners = new Map<number, number>();
  return fits.every((_, i) => findsPartner(i, fits, partners, new Set()));
}

/** A step of Kuhn's matching: sameness is not transitive (50 % equals 50 and 0.5), so the first that fits may be wrong. */
function findsPartner(
  from: number,
  fits: readonly (readonly boolean[])[],
  partners: Map<number, number>,
  tried: Set<number>,
): boolean {
  for (const [to, isFit] of fits[from]!.entries()) {
    if (tried.has(to) || !isFit) continue;
    tried.add(to);
    const rival = partners.get(to);
    if (rival === undefined || findsPartner(rival, fits, partners, tried)) {
      partners.set(to, from);
      return true;
    }
  }
  return false;
}
