/**
 * @module
 * A term of a legend or a table, explained when the pointer rests on it.
 */
import type { ComponentChildren } from "preact";
import { termText } from "../../src/inspect/terms.ts";

export function Term({
  name,
  text = termText(name),
  children = name,
}: {
  /** As the explanations know it. */
  readonly name: string;
  /** The explanation of a name that is not in the list. */
  readonly text?: string | undefined;
  readonly children?: ComponentChildren;
}) {
  return text === undefined ? <span>{children}</span> : <abbr title={text}>{children}</abbr>;
}
