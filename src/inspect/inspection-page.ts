/**
 * @module
 * An inspection as one HTML file that needs nothing else: tokens shaded by the weights of a method, and the attention
 * of the chosen token on the images. Text of model and user is data to the page, never markup.
 */
import type { CompletionInspection } from "./inspection.ts";
import { TERMS } from "./terms.ts";
import { spokenToken, tokenSentence, verdictSentence } from "./verdict-sentence.ts";

/** The content of the page. */
export interface InspectionPage {
  readonly question: string;
  /** Accepted answers; empty where none is known. */
  readonly answers: readonly string[];
  /** The verdict on the completion. */
  readonly judgement: { readonly extracted: string | null; readonly score: number | null };
  /** `[T]` */
  readonly tokenTexts: readonly string[];
  /** `[T][k]` texts of `inspection.alternatives`. */
  readonly alternativeTexts: readonly (readonly string[])[] | undefined;
  /** The token that is open at first: the answer's. */
  readonly start: number;
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
.patches[hidden] { display: none; }
.legend { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 1rem; margin: 0 0 1.25rem; }
.scale { display: inline-block; width: 8rem; height: 0.75rem; border: 1px solid var(--line);
  background: linear-gradient(90deg, rgba(var(--more), 0), rgba(var(--more), 0.75)); }
.tokens { font: 1.05rem/2.1 ui-monospace, monospace; margin: 1rem 0; }
.tokens button { all: unset; cursor: pointer; white-space: pre-wrap; border-bottom: 3px solid transparent; padding: 0.1rem 0; }
.tokens button.visual { border-color: rgb(var(--more)); }
.tokens button.text { border-color: rgb(var(--less)); border-bottom-style: double; }
.tokens button:focus-visible { outline: 2px solid var(--ink); outline-offset: 1px; }
.tokens button[aria-pressed="true"] { outline: 1px solid var(--ink); }
.verdict { font-size: 1.05rem; margin: 0 0 0.35rem; }
.said { margin: 0 0 1rem; }
[title]:not(img):not(i) { text-decoration: underline dotted var(--faint); text-underline-offset: 0.2em; cursor: help; }
label, .note { color: var(--faint); font-size: 0.875rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1.25rem; margin: 0;
  font-variant-numeric: tabular-nums; }
dt { color: var(--faint); } dd { margin: 0; }
`;

const SCRIPT = `
const { tokenTexts, inspection, images, question, alternativeTexts, start, verdict, sentences, terms } = JSON.parse(document.getElementById("data").textContent);
const { logprobs, entropy, signals, withoutImage, methods } = inspection;
const make = (tag, set = {}, ...children) => { const node = Object.assign(document.createElement(tag), set);
  node.append(...children); return node; };
const shown = methods.filter(({ weights }) => weights !== null);
const place = document.getElementById("page");
place.append(make("h1", { textContent: question }));
place.append(make("p", { className: "verdict", textContent: verdict }));
const said = make("p", { className: "said" });
said.setAttribute("aria-live", "polite");
place.append(said);
const term = (name, text = name) => make("span", { textContent: text, title: terms[name] ?? "" });
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
const most = make("span");
if (overlays.some(({ grid }) => grid)) {
  const isShown = make("input", { type: "checkbox", id: "overlay", checked: true,
    onchange: () => { for (const { patches } of overlays) patches.hidden = !isShown.checked; } });
  place.append(make("p", { className: "note legend" }, make("label", {}, isShown, " attention on the image"),
    make("span", {}, "0 ", make("i", { className: "scale", title: "attention of the open token on a patch" }), " ", most)));
}
const choice = make("select", { id: "method" }, ...shown.map(({ kind }) => make("option", { value: kind, textContent: kind })));
place.append(make("label", { textContent: "weights of " }, choice));
const buttons = tokenTexts.map((text, t) => make("button", { textContent: text || (t === tokenTexts.length - 1 ? "\\u220e" : "\\u00b7"), type: "button", onclick: () => pick(t) }));
place.append(make("div", { className: "tokens" }, ...buttons));
const facts = make("dl");
place.append(facts, make("p", { className: "note" }, "Blue: ", term("weight"), " above the completion's mean; orange: below. Underlined: ",
  term("visual", "visual role"), "; twice: ", term("text", "text role"), ". Arrow keys move."));
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
  const say = (value) => value.toPrecision(4);
  const largest = Math.max(1e-12, ...overlays.flatMap(({ grid }) => grid ? grid.tokens[t] : []));
  for (const { patches, grid } of overlays) {
    if (!grid) continue;
    const row = grid.tokens[t];
    [...patches.children].forEach((patch, p) => {
      patch.style.background = "rgba(var(--more), " + (0.75 * row[p] / largest).toFixed(3) + ")";
      patch.title = say(row[p]);
    });
  }
  most.textContent = say(largest) + ", the most that a patch has of the open token's attention";
  const rows = [["token", JSON.stringify(tokenTexts[t])], ["probability", say(Math.exp(logprobs[t]))]];
  const others = (inspection.alternatives?.[t] ?? []).map(({ logprob }, i) =>
    JSON.stringify(alternativeTexts?.[t]?.[i] ?? "") + " " + (100 * Math.exp(logprob)).toFixed(1) + " %");
  if (others.length > 0) rows.push(["likeliest here", others.join(", ")]);
  if (withoutImage) rows.push(["without the image", say(Math.exp(withoutImage[t]))]);
  if (entropy) rows.push(["entropy, nats", say(entropy[t])]);
  for (const { label, values } of signals) rows.push([label, say(values[t])]);
  for (const { kind, weights, roles } of shown) rows.push([kind, say(weights[t]) + (roles ? " " + roles[t] : "")]);
  said.textContent = sentences[t] ?? "";
  const explained = (name) => Object.hasOwn(terms, name) ? term(name) : shown.some(({ kind }) => kind === name)
    ? make("span", { textContent: name, title: "Weight by the credit method " + name + "; with it the role that it gives the token." }) : name;
  facts.replaceChildren(...rows.flatMap(([name, value]) => [make("dt", {}, explained(name)), make("dd", { textContent: value })]));
}
choice.onchange = shade;
document.addEventListener("keydown", ({ key, target }) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (step === undefined || target === choice || buttons.length === 0) return;
  pick(Math.min(buttons.length - 1, Math.max(0, picked + step)));
  buttons[picked].focus();
});
shade();
if (buttons.length > 0) pick(Math.min(start, buttons.length - 1));
`;

/** The page as text. */
export function inspectionPage(page: InspectionPage): string {
  const verdict = verdictSentence({ ...page.judgement, answers: page.answers });
  const shown = {
    ...page,
    verdict,
    sentences: page.tokenTexts.map((_, t) => tokenSentence(spokenToken(page, t))),
    terms: TERMS,
  };
  const data = JSON.stringify(shown).replaceAll("<", "\\u003c");
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
