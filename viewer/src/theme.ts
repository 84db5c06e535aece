/**
 * @module
 * Light or dark: as the system says until the user says otherwise.
 */
import { effect, signal } from "@preact/signals";

const KEY = "fovea-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

function remembered(): "light" | "dark" | undefined {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The theme on the screen. */
export const theme = signal<"light" | "dark">(remembered() ?? (system.matches ? "dark" : "light"));

system.addEventListener("change", ({ matches }) => {
  if (remembered() === undefined) theme.value = matches ? "dark" : "light";
});
effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
});

/** To the other theme, and remembers it. */
export function switchTheme(): void {
  theme.value = theme.value === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** The value of a custom property now. */
export function cssValue(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const COLOURS = 8;
/** Lengths of dashes and gaps of the first eight runs, the next eight, and the eight after these. */
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [8, 3, 2, 3]];

/** The custom property with the colour of the n-th run. */
export function runProperty(place: number): string {
  return `--run-${Math.max(0, place) % COLOURS}`;
}

/** The colour of the n-th run. */
export function runColour(place: number): string {
  return `var(${runProperty(place)})`;
}

/** Dashes of the n-th run's curve: runs of one colour differ in them. */
export function runDash(place: number): readonly number[] {
  return DASHES[Math.floor(Math.max(0, place) / COLOURS) % DASHES.length] ?? [];
}
