/**
 * @module
 * A diagnosis as titled tables and figures, which the terminal and the report directory share.
 */
import type { ModelDiagnosis } from "../diagnosis.ts";
import { agreement } from "./agreement-section.ts";
import { correlation, intervention, timeSection } from "./attention-sections.ts";
import { connectivity, grounding, roles } from "./method-sections.ts";
import { of, type Section } from "./section.ts";
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
  const left = models.flatMap(({ name, leftOut }) => leftOut.map((one) => ({ ...one, name })));
  if (left.length === 0) return undefined;
  const alike = new Map<string, string[]>();
  for (const { part, reason, name } of left) {
    const key = JSON.stringify([part, reason]);
    alike.set(key, [...(alike.get(key) ?? []), name]);
  }
  const rows = [...alike].map(([key, names]) => {
    const [part, reason] = JSON.parse(key) as [string, string];
    return [`${part}${of(names.join(", "), models)}`, reason];
  });
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
