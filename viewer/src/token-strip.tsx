/**
 * @module
 * A completion, token by token: background by a number, hue by the sign of the advantage, underline by role. It is one
 * list for the keyboard: arrows move along it.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { TokenRole } from "../../src/credit/index.ts";
import { isEndToken } from "../../src/inspect/verdict-sentence.ts";
import { numberText } from "../../src/view/number-text.ts";
import type { RolloutDetail } from "../../src/view/protocol.ts";
import { hueOf, paintRange, type TokenPaint, tokenBackground } from "../../src/view/token-paint.ts";

export interface TokenStripProps {
  readonly label: string;
  readonly tokens: ShownTokens;
  readonly roles?: readonly TokenRole[] | null;
  readonly paint: TokenPaint | undefined;
  readonly selected: number | undefined;
  readonly onSelect: (token: number) => void;
  /** Rows of the note that hovering shows. */
  readonly note: (token: number) => readonly (readonly [name: string, value: string])[];
}

/** A token's text as it is shown: nothing else may look like text. Without one it is the end, or part of a character. */
export function shownToken(text: string, isEnd = false): string {
  if (text === "") return isEnd ? "⟨end⟩" : "·";
  return text.replaceAll("\n", "⏎\n").replaceAll("\t", "⇥");
}

/** Tokens of a completion, and whether it was cut at the limit. */
export interface ShownTokens {
  readonly tokenTexts: readonly string[];
  readonly isCut: boolean;
}

export function shownTokens({
  tokenTexts,
  stopReason,
}: Pick<RolloutDetail, "tokenTexts" | "stopReason">): ShownTokens {
  return { tokenTexts, isCut: stopReason === "length" };
}

/** A token of a completion in one word. */
export function tokenWord({ tokenTexts, isCut }: ShownTokens, token: number): string {
  return shownToken(tokenTexts[token] ?? "", isEndToken(tokenTexts, token, isCut)).trim() || "␣";
}

/** The scale of a strip's colours. */
export function PaintKey({ name, paint }: { readonly name: string; readonly paint: TokenPaint | undefined }) {
  if (paint === undefined) return null;
  const { low, high } = paintRange(paint);
  const ends = paint.isSigned
    ? "rgb(var(--minus) / 0.72), rgb(var(--plain) / 0.04), rgb(var(--plus) / 0.72)"
    : `rgb(var(${hueOf(paint.sign)}) / 0.05), rgb(var(${hueOf(paint.sign)}) / 0.72)`;
  return (
    <span>
      {name} {numberText(low)}
      <i class="ramp" style={{ background: `linear-gradient(90deg, ${ends})` }} />
      {numberText(high)}
    </span>
  );
}

export function TokenStrip({ label, tokens, roles, paint, selected, onSelect, note }: TokenStripProps) {
  const { tokenTexts: texts, isCut } = tokens;
  const strip = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState<
    { readonly token: number; readonly x: number; readonly y: number } | undefined
  >(undefined);
  const range = paint === undefined ? undefined : paintRange(paint);
  useEffect(() => {
    if (selected === undefined) return;
    strip.current?.querySelector(`[data-token="${selected}"]`)?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  const tokenAt = (target: EventTarget | null) => {
    const found = target instanceof Element ? target.closest<HTMLElement>("[data-token]") : null;
    return found === null
      ? undefined
      : { token: Number(found.dataset["token"]), box: found.getBoundingClientRect() };
  };
  return (
    <>
      <div
        class="strip"
        role="listbox"
        aria-label={label}
        aria-activedescendant={selected === undefined ? undefined : `token-${selected}`}
        tabIndex={0}
        ref={strip}
        onClick={({ target }) => {
          const found = tokenAt(target);
          if (found !== undefined) onSelect(found.token);
        }}
        onMouseMove={({ target }) => {
          const found = tokenAt(target);
          if (found?.token !== over?.token) {
            setOver(found && { token: found.token, x: found.box.left, y: found.box.bottom + 8 });
          }
        }}
        onMouseLeave={() => setOver(undefined)}
        onKeyDown={(event) => {
          const to = event.key === "Home" ? 0 : event.key === "End" ? texts.length - 1 : undefined;
          if (to === undefined) return;
          event.preventDefault();
          onSelect(to);
        }}
      >
        {texts.map((text, place) => (
          <span
            key={place}
            id={`token-${place}`}
            class={text === "" ? "token special" : "token"}
            role="option"
            tabIndex={-1}
            aria-selected={place === selected}
            data-token={place}
            data-role={roles?.[place] ?? "neutral"}
            style={
              paint === undefined || range === undefined
                ? undefined
                : { background: tokenBackground(paint, range, place) }
            }
          >
            {shownToken(text, isEndToken(texts, place, isCut))}
          </span>
        ))}
      </div>
      {over !== undefined && over.token < texts.length && (
        <div
          class="tip"
          role="tooltip"
          style={{
            left: `${Math.min(over.x, innerWidth - 230)}px`,
            top: `${Math.min(over.y, innerHeight - 190)}px`,
          }}
        >
          <table>
            <tbody>
              {note(over.token).map(([name, value]) => (
                <tr key={name}>
                  <td>{name}</td>
                  <td>{value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
