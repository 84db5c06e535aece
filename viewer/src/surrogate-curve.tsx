/**
 * @module
 * The surrogate of a token against its importance ratio, drawn by the function that trains, with the token on it.
 */
import { clippedSurrogate } from "../../src/math/surrogate.ts";
import { numberText } from "../../src/view/number-text.ts";
import type { CurvePoint } from "./token-ratio.ts";

const WIDTH = 340;
const HEIGHT = 110;
const LEFT = 30;
const FROM = 0.4;
const TO = 1.6;

export function SurrogateCurve({ ratio, advantage, ...clip }: CurvePoint) {
  const { clipLow, clipHigh } = clip;
  const term = (at: number) => clippedSurrogate(at, advantage, clip);
  const points = Array.from({ length: 97 }, (_, i) => FROM + ((TO - FROM) * i) / 96);
  const values = points.map((point) => term(point).value);
  const [low, high] = [Math.min(...values, 0), Math.max(...values, 0)];
  const x = (at: number) =>
    LEFT + ((Math.min(TO, Math.max(FROM, at)) - FROM) / (TO - FROM)) * (WIDTH - LEFT - 4);
  const y = (value: number) => 6 + (1 - (value - low) / Math.max(1e-9, high - low)) * (HEIGHT - 26);
  const own = term(ratio);
  const hue = advantage >= 0 ? "rgb(var(--plus))" : "rgb(var(--minus))";
  return (
    <svg
      class="line-chart"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Surrogate at ratio ${numberText(ratio)}: ${own.clipped === "none" ? "not clipped" : `clipped ${own.clipped}`}`}
    >
      <rect
        x={x(1 - clipLow)}
        y="4"
        width={x(1 + clipHigh) - x(1 - clipLow)}
        height={HEIGHT - 22}
        fill="var(--sunk)"
      />
      <path d={`M${LEFT} ${y(0)}H${WIDTH}`} stroke="var(--line)" />
      <path
        d={points
          .map((point, i) => `${i === 0 ? "M" : "L"}${x(point).toFixed(1)} ${y(values[i] ?? 0).toFixed(1)}`)
          .join("")}
        fill="none"
        stroke={hue}
        stroke-width="1.5"
      />
      <circle cx={x(ratio)} cy={y(own.value)} r="4" fill={hue} stroke="var(--paper)" stroke-width="1.5" />
      {[1 - clipLow, 1, 1 + clipHigh].map((at) => (
        <text key={at} x={x(at)} y={HEIGHT - 3} text-anchor="middle">
          {numberText(at)}
        </text>
      ))}
    </svg>
  );
}
