/**
 * @module
 * Signals of a server that speaks the plain protocol but returns attention, entropy and measures of distributions from
 * `forward`, as SkyRL does with the package in engines/skyrl. They are asked for by numbers in `loss_fn_config`;
 * engines/skyrl/README.md has the contract.
 */
import { askedSignals, type ImageAblation, SIGNALS, type SignalCapability } from "../../credit/index.ts";
import { EngineError } from "../../errors/index.ts";
import { isTemperature, LEAST_TEMPERATURE } from "../../math/index.ts";
import type { ScoreRequest } from "../engine.ts";

const PROTOCOL = 2;

/** Signals that the plain protocol has a form for, and what they need; log-probs at any temperature. */
const KNOWN: readonly Offered[] = [
  "entropy",
  "full-distribution",
  "group-divergence",
  "hidden-images",
  "temperature",
  "value-replacement",
  ...SIGNALS.filter((signal) => "plain" in signal).flatMap(({ needs }) =>
    needs.map(({ capability }) => capability),
  ),
];
type Offered =
  | SignalCapability
  | "entropy"
  | "full-distribution"
  | "group-divergence"
  | "hidden-images"
  | "temperature"
  | "value-replacement";

/** Which of a pair's views `fovea.hidden_images` is about; without pairs there is a first view alone. */
const VIEW = { first: 1, second: 2 } as const;
/** `fovea.replaced_values` by the replacement of an image token's value. */
const REPLACED_BY = { vector: 1, number: 2 } as const;

/** A server's signals, as reported in `get_server_capabilities`. */
export interface SaidOfSignals {
  readonly protocol: number;
  readonly version: string;
  readonly capabilities: readonly string[];
}

/**
 * The signals that `forward` may be asked for; none where the server says nothing of any.
 *
 * @param where names call and server in the error
 * @throws EngineError when the server speaks another version of the contract
 */
export function offeredSignals(said: SaidOfSignals | null | undefined, where: string): ReadonlySet<Offered> {
  if (said == null) return new Set();
  if (said.protocol !== PROTOCOL) {
    throw new EngineError(
      `${where} has signals of version ${said.protocol} (fovea-skyrl ${said.version}); expected ${PROTOCOL}`,
    );
  }
  return new Set(KNOWN.filter((name) => said.capabilities.includes(name)));
}

/** The first thing asked for that a server without the extension has not, in words; undefined when it has all. */
export function missingFromPlain(request: ScoreRequest, offered: ReadonlySet<Offered>): string | undefined {
  const { signals, entropy, nucleusEntropy, alternatives, divergenceFrom, weights, image } = request;
  const asked = askedSignals(signals);
  const ofDistributions = [
    nucleusEntropy !== undefined && "entropies of a nucleus",
    (alternatives ?? 0) > 0 && "likeliest tokens",
    divergenceFrom !== undefined && "divergences over the vocabulary",
  ].find((what) => what !== false);
  const isMore = asked.length > 0 || entropy || ofDistributions !== undefined;
  const isWithin = hidesImages(image) || replacesValues(image);
  if (weights === "reference" && (isMore || isWithin || request.groupDivergence))
    return "signals of the reference";
  for (const { signal, request: own } of asked) {
    const missing = signal.needs.find((need) => need.when(own) && !offered.has(need.capability));
    if (missing !== undefined) return missing.words(own);
  }
  if (asked.length > 0 && hidesImages(image)) return "signals of hidden images";
  if (entropy && !offered.has("entropy")) return "entropy";
  if (ofDistributions !== undefined && !offered.has("full-distribution")) return ofDistributions;
  if (request.values) return "value head";
  if (request.groupDivergence && !offered.has("group-divergence")) return "divergences within a group";
  const comparesValues = divergenceFrom && (replacesValues(image) || replacesValues(divergenceFrom));
  return comparesValues ? "comparison with replaced values" : undefined;
}

const hidesImages = (image: ImageAblation | undefined) => image?.kind === "mask-attention";
const replacesValues = (image: ImageAblation | undefined) => image?.kind === "replace-values";

/**
 * A request for signals as `loss_fn_config`; undefined where nothing is asked for. How many completions a group has, which
 * may differ from one request to another, is not in it.
 *
 * @throws EngineError when two signals ask for one number in different ways
 */
export function signalConfig({
  signals,
  entropy,
  nucleusEntropy,
  alternatives,
  image,
  divergenceFrom,
  temperature,
}: ScoreRequest): Record<string, number> | undefined {
  const hidden = (hidesImages(image) ? VIEW.first : 0) + (hidesImages(divergenceFrom) ? VIEW.second : 0);
  const config: Record<string, number> = {
    ...(entropy && { "fovea.entropy": 1 }),
    ...(nucleusEntropy !== undefined && { "fovea.nucleus_entropy": nucleusEntropy }),
    ...(alternatives && { "fovea.alternatives": alternatives }),
    ...(divergenceFrom && { "fovea.divergence": 1 }),
    ...(hidden > 0 && { "fovea.hidden_images": hidden }),
    ...(image?.kind === "replace-values" && {
      "fovea.replaced_values": REPLACED_BY[image.mean],
      "fovea.replacement_threshold": image.threshold,
    }),
    ...temperatureConfig(temperature),
  };
  for (const { signal, request } of askedSignals(signals)) {
    for (const [key, value] of Object.entries(signal.plain?.(request) ?? {})) {
      if ((config[key] ?? value) !== value) {
        throw new EngineError(
          `forward: signals ask for ${key} ${config[key]} and ${value}; expected the same of all`,
        );
      }
      config[key] = value;
    }
  }
  return Object.keys(config).length === 0 ? undefined : config;
}

/**
 * A temperature as `loss_fn_config`; nothing where it is 1, at which every server's log-probs are.
 *
 * @throws EngineError when logits divided by it would leave single precision
 */
export function temperatureConfig(temperature = 1): Readonly<Record<string, number>> {
  if (!isTemperature(temperature)) {
    throw new EngineError(`temperature: expected at least ${LEAST_TEMPERATURE}, got ${temperature}`);
  }
  return temperature === 1 ? {} : { "fovea.temperature": temperature };
}
