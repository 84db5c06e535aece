/**
 * @module
 * A chart's values in its header, and under the mouse a table of them with names. The cursor moves often and crosses all
 * charts, so both are written without the page's renderer.
 */
import { numberText, percentText } from "../../src/view/number-text.ts";
import { type ChartLine, lineName, type Reading, readingAt } from "./chart-readings.ts";
import { runColour, runDash } from "./theme.ts";

function element(tag: string, name: string, ...children: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  if (name !== "") made.className = name;
  made.append(...children);
  return made;
}

/** A short piece of a line as it is drawn. */
function keyOf({ place, isFaint = false }: ChartLine): HTMLElement {
  const key = element("i", isFaint ? "line-key thin" : "line-key");
  key.style.borderTopColor = runColour(place);
  key.style.borderTopStyle = runDash(place).length > 0 ? "dashed" : "solid";
  return key;
}

/** Where a value is from, and of how many runs it is. */
function noteOf(reading: Reading | undefined, { of }: ChartLine): string {
  const { from = null, count = null } = reading ?? {};
  return [
    ...(from === null ? [] : [`at ${from}`]),
    ...(count === null ? [] : [`${count} of ${of} runs`]),
  ].join(", ");
}

/** Shows the values of a chart. */
export class Readings {
  readonly #where: HTMLElement | null;
  readonly #values: HTMLElement | null;
  readonly #figure: HTMLElement | null;
  readonly #tip: HTMLElement;
  #lines: readonly ChartLine[] = [];
  #smoothing = 0;
  #text: (value: number | null | undefined) => string = numberText;

  /**
   * @param header of the chart
   * @param tip shown while the mouse is on the chart
   */
  constructor(header: HTMLElement, tip: HTMLElement) {
    this.#where = header.querySelector<HTMLElement>(".where");
    this.#values = header.querySelector<HTMLElement>(".values");
    this.#figure = header.parentElement;
    this.#tip = tip;
  }

  take(lines: readonly ChartLine[], smoothing: number, isShare: boolean): void {
    this.#lines = lines;
    this.#smoothing = smoothing;
    this.#text = isShare ? percentText : numberText;
  }

  /** @param at iteration at the cursor; undefined for the newest values */
  show(at: number | undefined): void {
    const rows = this.#lines.map((line) => ({ line, reading: readingAt(line, this.#smoothing, at) }));
    if (this.#where !== null) this.#where.textContent = at === undefined ? "" : `${at}`;
    this.#values?.replaceChildren(...rows.map(({ line, reading }) => this.#value(line, reading)));
    const isTold = at !== undefined && this.#lines.length > 1 && this.#figure?.matches(":hover") === true;
    this.#tip.replaceChildren(...(isTold ? [this.#table(rows)] : []));
  }

  #value(line: ChartLine, reading: Reading | undefined): HTMLElement {
    const value = element("span", "", this.#text(reading?.value));
    if (this.#lines.length > 1)
      value.prepend(keyOf(line), ...(line.label === undefined ? [] : [`${line.label} `]));
    const note = noteOf(reading, line);
    if (note !== "") value.append(element("span", "faint", ` ${note}`));
    if (this.#lines.length === 1 && reading?.smooth != null)
      value.append(element("span", "faint", ` smoothed ${this.#text(reading.smooth)}`));
    value.title = lineName(line);
    return value;
  }

  #table(rows: readonly { readonly line: ChartLine; readonly reading: Reading | undefined }[]): HTMLElement {
    const cells = (tag: string, name: Node | string, ...texts: readonly string[]) =>
      element("tr", "", element(tag, "", name), ...texts.map((text) => element(tag, "number", text)));
    const isSmooth = rows.some(({ reading }) => reading?.smooth != null);
    const body = rows.map(({ line, reading }) => {
      const name = element("span", "cut", keyOf(line), lineName(line));
      const note = noteOf(reading, line);
      const named = element("div", "", name, ...(note === "" ? [] : [element("span", "soft", note)]));
      const values = [reading?.value, ...(isSmooth ? [reading?.smooth] : [])];
      return cells("td", named, ...values.map((value) => this.#text(value)));
    });
    const head = isSmooth ? [cells("th", "", "value", "smoothed")] : [];
    return element("table", "", ...head, ...body);
  }
}
