/**
 * @module
 * Options that are written into one text.
 */

/** Options out of "A. 3 cm; B. 4 cm;" or "A:3\nB:4", each from its letter to the next one; none where there is no "A". */
export function writtenOptions(text: string): string[] {
  const options: string[] = [];
  let rest = text;
  for (let code = "A".charCodeAt(0); ; code++) {
    const [letter, next] = [String.fromCharCode(code), String.fromCharCode(code + 1)];
    const start = new RegExp(`^\\s*${letter}[.:、]\\s*`).exec(rest);
    if (start === null) return options;
    const end = rest.search(new RegExp(`(?<=[\\s;；])${next}[.:、]`));
    const option = rest.slice(start[0].length, end < 0 ? undefined : end);
    options.push(
      option
        .trim()
        .replace(/[;；]$/, "")
        .trim(),
    );
    rest = end < 0 ? "" : rest.slice(end);
  }
}
