/**
 * @module
 * The algorithm of a run, and what of it holds for one token.
 */
import type { Config } from "../../config/index.ts";
import { clippedSurrogate } from "../../math/index.ts";
import { resolveAlgorithm } from "../../objective/index.ts";
import type { TokenClip } from "../protocol.ts";

type Settings = Config["algorithm"];
type Resolved = ReturnType<typeof resolveAlgorithm>;
const algorithms = new WeakMap<Settings, Resolved>();

/**
 * The algorithm of a configuration, resolved once for all that is read of a run; undefined for a module's.
 *
 * @throws ConfigError when this version does not know it
 */
export function runAlgorithm({ algorithm }: Pick<Config, "algorithm">): Resolved | undefined {
  if (algorithm.kind === "module") return undefined;
  const known = algorithms.get(algorithm) ?? resolveAlgorithm(algorithm);
  algorithms.set(algorithm, known);
  return known;
}

/** Ratios and advantages at which an algorithm is compared with the clipped surrogate. */
const RATIOS = [0.01, 0.5, 1, 1.5, 20];
const ADVANTAGES = [1, -1];

/**
 * The bounds that clip the ratio of a single token; null where there are none. So it is with a ratio of the whole
 * completion, another surrogate than the clipped surrogate, or an algorithm that this version does not know.
 */
export function tokenClip(config: Pick<Config, "algorithm">): TokenClip | null {
  try {
    const algorithm = runAlgorithm(config);
    if (algorithm?.unit !== "token") return null;
    const { clipLow, clipHigh, dualClip } = config.algorithm as Partial<TokenClip>;
    if (clipLow === undefined || clipHigh === undefined) return null;
    const clip = { clipLow, clipHigh, ...(dualClip !== undefined && { dualClip }) };
    const [one, other] = algorithm.ratioLevel.ratios([0.5, -0.5], [1, 1]);
    if (one === other) return null;
    const isClipped = RATIOS.every((ratio) =>
      ADVANTAGES.every((advantage) => {
        const { value, ratioDerivative, clipped } = algorithm.surrogate(ratio, advantage, -1);
        const expected = clippedSurrogate(ratio, advantage, clip);
        return (
          value === expected.value && ratioDerivative === expected.derivative && clipped === expected.clipped
        );
      }),
    );
    return isClipped ? clip : null;
  } catch {
    return null;
  }
}
