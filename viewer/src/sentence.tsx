/**
 * @module
 * A sentence whose quoted tokens are between backticks.
 */
export function Sentence({ text }: { readonly text: string }) {
  return <>{text.split(/`([^`]+)`/).map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part))}</>;
}
