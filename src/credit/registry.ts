/**
 * @module
 * The one place where configuration becomes a credit method. A new method is one file or folder in `methods/`, one
 * branch in `schema.ts` and one case here.
 */
import type { CreditMethod } from "./method.ts";
import { atRlMethod } from "./methods/at-rl/method.ts";
import { dycoRlMethod } from "./methods/dyco-rl/method.ts";
import { entropyAdvantageMethod } from "./methods/entropy-advantage.ts";
import { highEntropyTokensMethod } from "./methods/high-entropy-tokens.ts";
import { papoMethod } from "./methods/papo.ts";
import { uniformMethod } from "./methods/uniform.ts";
import { vicraMethod } from "./methods/vicra.ts";
import { vppoMethod } from "./methods/vppo.ts";
import type { CreditConfig } from "./schema.ts";

/**
 * The credit method that a configuration describes.
 *
 * @param config as parsed by `creditSchema`
 * @example
 * creditMethod({ kind: "uniform" }).credit([[{ mask: [1, 1, 0] }]])[0][0].weights; // [1, 1, 0]
 */
export function creditMethod(config: CreditConfig): CreditMethod {
  switch (config.kind) {
    case "uniform":
      return uniformMethod();
    case "constant":
      return uniformMethod(config.weight);
    case "dyco-rl":
      return dycoRlMethod(config);
    case "at-rl":
      return atRlMethod(config);
    case "vicra":
      return vicraMethod(config);
    case "vppo":
      return vppoMethod(config);
    case "papo":
    case "kl-prcp":
      return papoMethod(config);
    case "entropy-advantage":
      return entropyAdvantageMethod(config);
    case "high-entropy-tokens":
      return highEntropyTokensMethod(config);
  }
}
