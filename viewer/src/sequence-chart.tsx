/**
 * @module
 * Numbers along a completion as small lines, with the open token marked. A click opens the token below it.
 */
import { numberText, tickStep, tickText } from "../../src/view/number-text.ts";
import { sequenceScale } from "./sequence-scale.ts";
import { Term } from "./term.tsx";

export interface SequenceLine {
  readonly name: string;
  /** A CSS colour. */
  readonly colour: string;
  readonly isDashed?: boolean;
  readonly values: readonly number[];
}

const WIDTH = 340;
const HEIGHT = 92;
const LEFT = 30;
const BOTTOM = 14;
const TOP = 4;

export function SequenceChart({
  title,
  lines,
  selected,
  onSelect,
}: {
  readonly title: string;
  readonly lines: readonly SequenceLine[];
  readonly selected: number;
  readonly onSelect: (token: number) => void;
}) {
  const count = lines[0]?.values.length ?? 0;
  const { y, ticks } = sequenceScale(
    lines.map(({ values }) => values),
    { top: TOP, bottom: HEIGHT - BOTTOM },
  );
  const step = tickStep(Math.max(...ticks) - Math.min(...ticks));
  const x = (t: number) => LEFT + (count < 2 ? 0 : (t / (count - 1)) * (WIDTH - LEFT - 2));
  return (
    <figure>
      <div class="legend">
        <b>
          <Term name={title} />
        </b>
        {lines.map(({ name, colour, values, isDashed }) => (
          <span key={name}>
            <svg width="16" height="8" aria-hidden="true">
              <path
                d="M0 4H16"
                stroke={colour}
                stroke-width="2"
                stroke-dasharray={isDashed ? "3 2" : undefined}
              />
            </svg>{" "}
            {name} {numberText(values[selected])}
          </span>
        ))}
      </div>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: arrows open tokens anywhere on the page */}
      <svg
        class="line-chart"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${title} along the completion`}
        onClick={(event) => {
          const { left, width } = event.currentTarget.getBoundingClientRect();
          const share = (((event.clientX - left) / width) * WIDTH - LEFT) / (WIDTH - LEFT - 2);
          onSelect(Math.min(count - 1, Math.max(0, Math.round(share * (count - 1)))));
        }}
      >
        <path d={ticks.map((value) => `M${LEFT} ${y(value)}H${WIDTH}`).join("")} stroke="var(--line)" />
        {ticks.map((value) => (
          <text key={value} x={LEFT - 5} y={y(value) + (y(value) <= TOP ? 5 : 3)} text-anchor="end">
            {tickText(value, step)}
          </text>
        ))}
        <path d={`M${x(selected)} 2V${HEIGHT - BOTTOM + 2}`} stroke="var(--ink)" />
        {lines.map(({ name, colour, values, isDashed }) => (
          <path
            key={name}
            d={values
              .map((value, t) => `${t === 0 ? "M" : "L"}${x(t).toFixed(1)} ${y(value).toFixed(1)}`)
              .join("")}
            fill="none"
            stroke={colour}
            stroke-width="1.5"
            stroke-dasharray={isDashed ? "3 2" : undefined}
          />
        ))}
        <text x={x(selected)} y={HEIGHT - 1} text-anchor={selected > count / 2 ? "end" : "start"}>
          token {selected}
        </text>
      </svg>
    </figure>
  );
}
