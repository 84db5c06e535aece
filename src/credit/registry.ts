/**
 * @module
 * From configuration to credit method. A new method is one file with its formula, one branch in `schema.ts` and one
 * entry in the record below; the record's type fails to compile until the entry is there.
 */
import { EngineError } from "../errors/index.ts";
import { dycoRl } from "./dyco-rl.ts";
import { dycoRlReleased } from "./dyco-rl-released.ts";
import type { CompletionCredit, CreditCompletion, CreditMethod } from "./method.ts";
import type { CreditConfig } from "./schema.ts";
import type { DycoRlInput } from "./token-role.ts";
import { uniformWeights } from "./uniform.ts";

type Kind = CreditConfig["kind"];
type ConfigOf<K extends Kind> = Extract<CreditConfig, { kind: K }>;
type Makers = { readonly [K in Kind]: (config: ConfigOf<K>) => CreditMethod };

const makers: Makers = {
  uniform: () => perCompletion(({ mask }) => ({ weights: uniformWeights(mask) })),
  constant: ({ weight }) => perCompletion(({ mask }) => ({ weights: uniformWeights(mask, weight) })),
  "dyco-rl": (config) => ({
    needs: { attention: { row: config.row } },
    credit: (groups) =>
      groups.map((group, g) => {
        const inputs = group.map((completion, i) =>
          attentionInput(completion, `completion ${i} of group ${g}`),
        );
        return dycoRlVariants[config.variant](inputs, config);
      }),
  }),
};

/** The released variant compares the completions of one prompt, as the authors' scripts run it. */
const dycoRlVariants: Readonly<
  Record<
    ConfigOf<"dyco-rl">["variant"],
    (inputs: readonly DycoRlInput[], config: ConfigOf<"dyco-rl">) => CompletionCredit[]
  >
> = {
  paper: (inputs, { alpha, threshold }) => inputs.map((input) => dycoRl(input, { alpha, threshold })),
  released: (inputs, { alpha, threshold, shortCompletion = 60 }) =>
    dycoRlReleased(inputs, { alpha, threshold, shortCompletion }),
};

/**
 * The credit method that a configuration describes.
 *
 * @param config as parsed by `creditSchema`
 * @example
 * creditMethod({ kind: "uniform" }).credit([[{ mask: [1, 1, 0] }]])[0][0].weights; // [1, 1, 0]
 */
export function creditMethod(config: CreditConfig): CreditMethod {
  const make = makers[config.kind] as (config: CreditConfig) => CreditMethod;
  return make(config);
}

function perCompletion(credit: (completion: CreditCompletion) => CompletionCredit): CreditMethod {
  return { needs: {}, credit: (groups) => groups.map((group) => group.map(credit)) };
}

function attentionInput({ mask, signals }: CreditCompletion, where: string): DycoRlInput {
  if (!signals?.attention) throw new EngineError(`dyco-rl: expected attention signals, got none (${where})`);
  return { ...signals.attention, mask };
}
