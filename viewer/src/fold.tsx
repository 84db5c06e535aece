/**
 * @module
 * A part of a page that can be folded up; on a narrow screen most parts begin so.
 */
import type { ComponentChildren } from "preact";

/** Whether the page has one column, as on a telephone. */
export function isNarrow(): boolean {
  return matchMedia("(max-width: 600px)").matches;
}

export function Fold({
  title,
  isOpen,
  class: name,
  children,
}: {
  readonly title: ComponentChildren;
  /** At first; from then on as the reader likes. */
  readonly isOpen: boolean;
  readonly class: string;
  readonly children: ComponentChildren;
}) {
  return (
    <details class={`fold ${name}`} open={isOpen}>
      <summary class="fold-title">{title}</summary>
      {children}
    </details>
  );
}
