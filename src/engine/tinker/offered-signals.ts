/**
 * @module
 * Signals of a server that speaks the plain protocol but returns attention and entropy from `forward`, as SkyRL does with
 * the package in engines/skyrl. They are asked for by numbers in `loss_fn_config`; engines/skyrl/README.md has the
 * contract.
 */
import type { CalibratedRequest } from "../../credit/index.ts";
import { EngineError } from "../../errors/index.ts";
import type { Capability } from "../capabilities.ts";
import type { ScoreRequest } from "../engine.ts";

const PROTOCOL = 1;
const ROWS = { own: 1, predicting: 2 } as const;
const MEASURES = { sharpness: 1, divergence: 2 } as const;
const KNOWN = [
  "attention",
  "attention-measure",
  "calibrated-attention",
  "entropy",
] as const satisfies readonly Capability[];
type Offered = (typeof KNOWN)[number];

/** What a server says of its signals, in `get_server_capabilities`. */
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

/** Those that an engine may call its own. Entropy is not among them: sampling does not return it. */
export function ownCapabilities(offered: ReadonlySet<Offered>): Capability[] {
  return [...offered].filter((name) => name !== "entropy");
}

/** The first thing asked for that a server without the extension has not, in words; undefined when it has all. */
export function missingFromPlain(
  { signals, entropy, weights, values, divergenceFrom }: ScoreRequest,
  offered: ReadonlySet<Offered>,
): string | undefined {
  const { attention, calibrated } = signals ?? {};
  if ((attention ?? calibrated ?? entropy) && weights === "reference") return "signals of the reference";
  if (attention && !offered.has("attention")) return "attention";
  if (attention?.measure && !offered.has("attention-measure")) return `attention's ${attention.measure}`;
  if (calibrated && !offered.has("calibrated-attention")) return "calibrated attention";
  if (entropy && !offered.has("entropy")) return "entropy";
  if (values) return "value head";
  return divergenceFrom && "divergences over the vocabulary";
}

/** The parameters of the bias curve that are given; a server takes the paper's for the others. */
function curveConfig({ biasCorrection, biasCurve = {} }: CalibratedRequest): Record<string, number> {
  if (!biasCorrection) return {};
  const { exponential, decay, cosine } = biasCurve;
  return {
    ...(exponential !== undefined && { "fovea.bias_exponential": exponential }),
    ...(decay !== undefined && { "fovea.bias_decay": decay }),
    ...(cosine !== undefined && { "fovea.bias_cosine": cosine }),
  };
}

/** A request for signals as `loss_fn_config`; undefined where none is asked for. */
export function signalConfig({ signals, entropy }: ScoreRequest): Record<string, number> | undefined {
  const { attention, calibrated } = signals ?? {};
  const config = {
    ...(attention && { "fovea.attention": ROWS[attention.row] }),
    ...(attention?.measure && { "fovea.attention_measure": MEASURES[attention.measure] }),
    ...(calibrated && {
      "fovea.calibrated": ROWS[calibrated.row],
      "fovea.calibrated_layers": calibrated.layers,
      "fovea.bias_correction": calibrated.biasCorrection ? 1 : 0,
      ...curveConfig(calibrated),
      "fovea.packed_gram": 1,
    }),
    ...(entropy && { "fovea.entropy": 1 }),
  };
  return Object.keys(config).length === 0 ? undefined : config;
}
