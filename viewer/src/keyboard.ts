/**
 * @module
 * Keys that work anywhere on the page but in a text field. Pages add theirs while they are shown.
 */

/** The action of a key, and its text in the help. */
export interface KeyAction {
  readonly keys: readonly string[];
  readonly help: string;
  readonly run: () => void;
}

const groups = new Set<readonly KeyAction[]>();

/** Every action there is now, for the help. */
export function keyActions(): KeyAction[] {
  return [...groups].flat();
}

/** Adds actions; returns how to remove them. */
export function addKeys(actions: readonly KeyAction[]): () => void {
  groups.add(actions);
  return () => groups.delete(actions);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox"].includes(target.type);
  return target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && event.target instanceof HTMLElement && isTyping(event.target)) {
    event.target.blur();
    return;
  }
  if (isTyping(event.target) || document.querySelector("dialog[open]") !== null) return;
  const action = keyActions().findLast(({ keys }) => keys.includes(event.key));
  if (action === undefined) return;
  event.preventDefault();
  action.run();
});
