/**
 * @module
 * A diagnosis as titled tables and figures, which the terminal and the report directory share.
 */
import type { LeftOut, ModelDiagnosis } from "../diagnosis.ts";
import { agreement } from "./agreement-section.ts";
import { correlation, intervention, timeSection } from "./attention-sections.ts";
import { connectivity, grounding, roles } from "./method-sections.ts";
import type { Section } from "./section.ts";
import { percentText } from "./table.ts";

function summary(models: readonly ModelDiagnosis[]): Section {
  return {
    title: "Data of the diagnosis",
    tables: [
      {
        title: "Models",
        table: {
          columns: ["model", "completions", "tokens", "accuracy"],
          rows: models.map(({ name, completions, tokens, accuracy }) => [
            name,
            String(completions),
            String(tokens),
            percentText(accuracy),
          ]),
        },
      },
    ],
    figures: [],
  };
}

function leftOutSection(models: readonly ModelDiagnosis[]): Section | undefined {
  const left = new Map<string, LeftOut>();
  for (const one of models.flatMap(({ leftOut }) => leftOut)) left.set(one.part, one);
  if (left.size === 0) return undefined;
  const rows = [...left.values()].map(({ part, reason }) => [part, reason]);
  return {
    title: "Left out",
    tables: [{ title: "Parts", table: { columns: ["part", "because"], rows } }],
    figures: [],
  };
}

/** Sections in the order of a report; those without numbers are left out. */
export function sections(models: readonly ModelDiagnosis[]): Section[] {
  return [
    summary,
    agreement,
    correlation,
    intervention,
    timeSection,
    roles,
    connectivity,
    grounding,
    leftOutSection,
  ].flatMap((section) => section(models) ?? []);
}
