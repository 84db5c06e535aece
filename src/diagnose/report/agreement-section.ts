/**
 * @module
 * The section on how well annotators agree.
 */
import type { ModelDiagnosis } from "../diagnosis.ts";
import { of, type Section } from "./section.ts";
import { numberText } from "./table.ts";

/** Left out where the labels are of one annotator, or of none. */
export function agreement(models: readonly ModelDiagnosis[]): Section | undefined {
  const found = models.filter((model) => (model.agreement?.length ?? 0) > 0);
  if (found.length === 0) return undefined;
  const kappa = (value: number | null) => numberText(value ?? undefined);
  return {
    title: "Agreement of annotators",
    note: "Cohen's kappa over tokens with text; of correctness over the tokens that both call right or wrong.",
    tables: found.map((model) => ({
      title: `Pairs of annotators${of(model.name, models)}`,
      table: {
        columns: [
          "annotators",
          "tokens",
          "role",
          "image",
          "reasoning",
          "other",
          "judged tokens",
          "correctness",
        ],
        rows: (model.agreement ?? []).map(({ annotators, tokens, role, byRole, correctness }) => [
          annotators.join(", "),
          String(tokens),
          kappa(role),
          kappa(byRole.image),
          kappa(byRole.reasoning),
          kappa(byRole.other),
          String(correctness.tokens),
          kappa(correctness.kappa),
        ]),
      },
    })),
    figures: [],
  };
}
