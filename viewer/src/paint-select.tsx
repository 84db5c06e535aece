/**
 * @module
 * The choice of the numbers that colour the tokens of the strip, and the meaning of the colours.
 */
import { go } from "./address.ts";
import type { PaintChoice } from "./paint-choice.ts";
import { PaintKey } from "./token-strip.tsx";

interface PaintSelectProps {
  readonly choices: readonly PaintChoice[];
  readonly choice: PaintChoice | undefined;
}

export function PaintSelect({ choices, choice }: PaintSelectProps) {
  return (
    <>
      <label>
        <span class="visually-hidden">Colour by</span>
        <select value={choice?.id} onChange={({ currentTarget }) => go({ paint: currentTarget.value })}>
          {choices.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <PaintKey name="" paint={choice?.paint} />
    </>
  );
}
