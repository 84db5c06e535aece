/**
 * @module
 * Signals of a server that speaks the plain protocol but returns attention and entropy from `forward`, as SkyRL does with
 * the package in engines/skyrl. They are asked for by numbers in `loss_fn_config`; engines/skyrl/README.md has the
 * contract.
 */
import { askedSignals, SIGNALS, type SignalCapability } from "../../credit/index.ts";
import { EngineError } from "../../errors/index.ts";
import type { Capability } from "../capabilities.ts";
import type { ScoreRequest } from "../engine.ts";

const PROTOCOL = 2;

/** Signals that the plain protocol has a form for, and what they need; log-probs at any temperature. */
const KNOWN: readonly Offered[] = [
  "entropy",
  "temperature",
  ...SIGNALS.filter((signal) => "plain" in signal).flatMap(({ needs }) =>
    needs.map(({ capability }) => capability),
  ),
];
type Offered = SignalCapability | "entropy" | "temperature";

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

/**
 * Offered signals that are capabilities of the engine. Entropy is not among them: sampling does not return it. Every
 * engine has temperatures.
 */
export function ownCapabilities(offered: ReadonlySet<Offered>): Capability[] {
  return [...offered].filter((name) => name !== "entropy" && name !== "temperature");
}

/** The first thing asked for that a server without the extension has not, in words; undefined when it has all. */
export function missingFromPlain(
  { signals, entropy, nucleusEntropy, groupDivergence, weights, values, divergenceFrom }: ScoreRequest,
  offered: ReadonlySet<Offered>,
): string | undefined {
  const asked = askedSignals(signals);
  if ((asked.length > 0 || entropy) && weights === "reference") return "signals of the reference";
  for (const { signal, request } of asked) {
    const missing = signal.needs.find((need) => need.when(request) && !offered.has(need.capability));
    if (missing !== undefined) return missing.words(request);
  }
  if (entropy && !offered.has("entropy")) return "entropy";
  if (values) return "value head";
  if (groupDivergence) return "divergences within a group";
  if (nucleusEntropy !== undefined) return "entropies of a nucleus";
  return divergenceFrom && "divergences over the vocabulary";
}

/**
 * A request for signals as `loss_fn_config`; undefined where nothing is asked for.
 *
 * @throws EngineError when two signals ask for one number in different ways
 */
export function signalConfig({
  signals,
  entropy,
  temperature,
}: ScoreRequest): Record<string, number> | undefined {
  const config: Record<string, number> = {
    ...(entropy && { "fovea.entropy": 1 }),
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

/** A temperature as `loss_fn_config`; nothing where it is 1, at which every server's log-probs are. */
export function temperatureConfig(temperature = 1): Readonly<Record<string, number>> {
  return temperature === 1 ? {} : { "fovea.temperature": temperature };
}
