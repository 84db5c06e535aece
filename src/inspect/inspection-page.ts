/**
 * @module
 * An inspection as one HTML file that needs nothing else: tokens shaded by the weights of a method, and the attention
 * of the chosen token on the images. Text of model and user is data to the page, never markup.
 */
import type { CompletionInspection } from "./inspection.ts";

/** What the page shows. */
export interface InspectionPage {
  readonly question: string;
  /** `[T]` */
  readonly tokenTexts: readonly string[];
  readonly inspection: CompletionInspection;
  /** As data: URLs, in the order of the prompt; of a video one for each patch of time. */
  readonly images: readonly string[];
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --paper: #fcfcfd; --faint: #60646c; --line: #d9d9e0;
  --more: 0, 144, 255; --less: 245, 130, 32; }
@media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --paper: #111113; --faint: #b0b4ba; --line: #363a3f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 2rem 1.25rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.05rem; font-weight: 600; margin: 0 0 1rem; white-space: pre-wrap; }
.images { display: flex; flex-wrap: wrap; gap: 1rem; margin-bottom: 1.25rem; }
.image { position: relative; line-height: 0; border: 1px solid var(--line); }
.image img { display: block; max-width: min(100%, 28rem); min-width: 12rem; image-rendering: pixelated; }
.patches { position: absolute; inset: 0; display: grid; }
.tokens { font: 1.05rem/2.1 ui-monospace, monospace; margin: 1rem 0; }
.tokens button { all: unset; cursor: pointer; white-space: pre-wrap; border-bottom: 3px solid transparent; padding: 0.1rem 0; }
.tokens button.visual { border-color: rgb(var(--more)); }
.tokens button.text { border-color: rgb(var(--less)); border-bottom-style: double; }
.tokens button:focus-visible { outline: 2px solid var(--ink); outline-offset: 1px; }
.tokens button[aria-pressed="true"] { outline: 1px solid var(--ink); }
label, .note { color: var(--faint); font-size: 0.875rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1.25rem; margin: 0;
  font-variant-numeric: tabular-nums; }
dt { color: var(--faint); } dd { margin: 0; }
`;

const SCRIPT = `
const { tokenTexts, inspection, images, question } = JSON.parse(document.getElementById("data").textContent);
const { logprobs, entropy, signals, withoutImage, methods } = inspection;
const make = (tag, set = {}, ...children) => { const node = Object.assign(document.createElement(tag), set);
  node.append(...children); return node; };
const shown = methods.filter(({ weights }) => weights !== null);
const place = document.getElementById("page");
place.append(make("h1", { textContent: question }));
const nameOf = (grid, i) => grid?.video === undefined ? "image " + (i + 1) :
  "video " + (grid.video + 1) + ", second " + grid.seconds.toFixed(1);
const overlays = images.map((source, i) => {
  const grid = inspection.images?.[i];
  const patches = make("div", { className: "patches" });
  if (grid) patches.style.gridTemplate = "repeat(" + grid.rows + ", 1fr) / repeat(" + grid.columns + ", 1fr)";
  for (let p = 0; grid && p < grid.rows * grid.columns; p++) patches.append(make("i"));
  return { patches, grid, figure: make("div", { className: "image" }, make("img", { src: source, alt: nameOf(grid, i), title: nameOf(grid, i) }), patches) };
});
place.append(make("div", { className: "images" }, ...overlays.map(({ figure }) => figure)));
const choice = make("select", { id: "method" }, ...shown.map(({ kind }) => make("option", { value: kind, textContent: kind })));
place.append(make("label", { textContent: "weights of " }, choice));
const buttons = tokenTexts.map((text, t) => make("button", { textContent: text === "" ? "\\u220e" : text, type: "button", onclick: () => pick(t) }));
place.append(make("div", { className: "tokens" }, ...buttons));
const facts = make("dl");
place.append(facts, make("p", { className: "note", textContent:
  "Blue: weight above the completion's mean; orange: below. Underlined: visual role; twice: text role. Arrow keys move." }));
for (const { kind, missing } of methods) if (missing) place.append(make("p", { className: "note", textContent: kind + ": " + missing }));
let picked = 0;
function shade() {
  const method = shown.find(({ kind }) => kind === choice.value);
  if (!method) return;
  const mean = method.weights.reduce((a, b) => a + b, 0) / Math.max(1, method.weights.length);
  const reach = Math.max(1e-12, ...method.weights.map((w) => Math.abs(w - mean)));
  buttons.forEach((button, t) => {
    const far = (method.weights[t] - mean) / reach;
    button.style.background = "rgba(var(" + (far < 0 ? "--less" : "--more") + "), " + (0.55 * Math.abs(far)).toFixed(3) + ")";
    button.className = method.roles?.[t] ?? "";
  });
}
function pick(t) {
  picked = t;
  buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === t)));
  for (const { patches, grid } of overlays) {
    if (!grid) continue;
    const row = grid.tokens[t];
    const most = Math.max(1e-12, ...row);
    [...patches.children].forEach((patch, p) => { patch.style.background = "rgba(var(--more), " + (0.75 * row[p] / most).toFixed(3) + ")"; });
  }
  const say = (value) => value.toPrecision(4);
  const rows = [["token", JSON.stringify(tokenTexts[t])], ["probability", say(Math.exp(logprobs[t]))]];
  if (withoutImage) rows.push(["without the image", say(Math.exp(withoutImage[t]))]);
  if (entropy) rows.push(["entropy, nats", say(entropy[t])]);
  for (const { label, values } of signals) rows.push([label, say(values[t])]);
  for (const { kind, weights, roles } of shown) rows.push([kind, say(weights[t]) + (roles ? " " + roles[t] : "")]);
  facts.replaceChildren(...rows.flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: value })]));
}
choice.onchange = shade;
document.addEventListener("keydown", ({ key, target }) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (step === undefined || target === choice || buttons.length === 0) return;
  pick(Math.min(buttons.length - 1, Math.max(0, picked + step)));
  buttons[picked].focus();
});
shade();
if (buttons.length > 0) pick(0);
`;

/** The page as text. */
export function inspectionPage(page: InspectionPage): string {
  const data = JSON.stringify(page).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>Fovea: a completion looked into</title>
<style>${STYLE}</style>
<body><main id="page"></main>
<script type="application/json" id="data">${data}</script>
<script type="module">${SCRIPT}</script>
</body>
</html>
`;
}
