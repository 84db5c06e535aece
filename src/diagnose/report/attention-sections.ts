/**
 * @module
 * The sections on attention of right and wrong tokens: correlation, intervention, time.
 */
import type { ModelDiagnosis } from "../diagnosis.ts";
import { ARMS, type RoleIntervention } from "../intervention.ts";
import type { RoleCourse } from "../time-course.ts";
import { figureSvg, type Panel } from "./figure.ts";
import { of, type Section } from "./section.ts";
import { intervalText, numberText, percentText, type Table } from "./table.ts";

export function correlation(models: readonly ModelDiagnosis[]): Section | undefined {
  const found = models.flatMap((model) => model.correlation.map((one) => ({ ...one, model: model.name })));
  if (found.length === 0) return undefined;
  const tables = found.flatMap(({ model, row, classes, contrasts }) => [
    {
      title: `Mean attention by class, ${row} row${of(model, models)}`,
      table: {
        columns: ["class", "tokens", "completions", "visual mass", "text mass"],
        rows: classes.map(({ name, tokens, completions, visual, text }) => [
          name,
          String(tokens),
          String(completions),
          intervalText(visual),
          intervalText(text),
        ]),
      },
    },
    {
      title: `Right minus wrong, ${row} row${of(model, models)}`,
      table: {
        columns: ["tokens", "mass", "right", "wrong", "difference", "Cliff's δ"],
        rows: contrasts.map(({ role, statement, modality, right, wrong, difference, delta }) => [
          statement === undefined ? role : `${role}: ${statement}`,
          modality,
          String(right),
          String(wrong),
          intervalText(difference),
          intervalText(delta),
        ]),
      },
    },
  ]);
  const panels = found.map(
    ({ model, row, classes }): Panel => ({
      kind: "dots",
      title: `Visual mass, ${row} row${of(model, models)}`,
      xLabel: "mean attention on the image",
      dots: classes.map(({ name, visual: { estimate, low, high } }) => ({
        name,
        value: estimate,
        low,
        high,
      })),
    }),
  );
  return {
    title: "Correlation",
    note:
      "P reads the image, R reasons; r right, e wrong. Intervals from resampled completions, 95 %. Cliff's δ is " +
      "P(right > wrong) − P(right < wrong).",
    tables,
    figures: [{ file: "correlation.svg", svg: figureSvg("Attention by class", panels) }],
  };
}

function interventionTable({ effects }: RoleIntervention): Table {
  return {
    columns: ["λ", ...ARMS, "targeted − wrong modality", "changed at all", "right tokens kept"],
    rows: effects.map(({ lambda, recovered, changed, advantage, kept }) => [
      String(lambda),
      ...ARMS.map((arm) => intervalText(recovered[arm])),
      intervalText(advantage),
      ARMS.map((arm) => percentText(changed[arm])).join(", "),
      intervalText(kept),
    ]),
  };
}

export function intervention(models: readonly ModelDiagnosis[]): Section | undefined {
  const found = models.flatMap((model) => model.intervention.map((one) => ({ one, model: model.name })));
  if (found.length === 0) return undefined;
  const panels = found.map(
    ({ one: { role, site, effects }, model }): Panel => ({
      kind: "lines",
      title: `${role} errors, ${site.name}${of(model, models)}`,
      xLabel: "λ",
      yLabel: "recovered",
      isLog: true,
      series: ARMS.map((arm) => ({
        name: arm,
        points: effects.map(({ lambda, recovered: { [arm]: share } }) => ({
          x: lambda,
          y: share.estimate,
          low: share.low,
          high: share.high,
        })),
      })),
    }),
  );
  return {
    title: "Causal intervention",
    note:
      "Share of wrong tokens whose likeliest token becomes a right one when attention is amplified by 1 + λ. Targeted: " +
      "toward the modality of the token's role. Only tokens whose likeliest token was wrong; each alone. Changed at all: whose " +
      "likeliest token became another, right or not, in the order of the columns.",
    tables: found.map(({ one, model }) => ({
      title:
        `${one.role} errors, ${one.site.name}${of(model, models)}: ${one.tokens} wrong tokens ` +
        `(${one.wrong} with a known right text, ${one.onlyDrawnWrong} of the sample only drawn wrong), ${one.rightTokens} right tokens`,
      table: interventionTable(one),
    })),
    figures: [{ file: "intervention.svg", svg: figureSvg("Recovery by strength", panels) }],
  };
}

const courseName = ({ by, row, role }: RoleCourse) =>
  by === "truth" ? `${role}, truth` : `${role}, Fisher-Rao (${row} row)`;

export function timeSection(models: readonly ModelDiagnosis[]): Section {
  const names = [...new Set(models.flatMap(({ timeCourse }) => timeCourse.map(courseName)))];
  const courseOf = (model: ModelDiagnosis, name: string) =>
    model.timeCourse.find((one) => courseName(one) === name);
  const panels = names
    .filter((name) => !/^(other|neutral)/.test(name))
    .map(
      (name): Panel => ({
        kind: "lines",
        title: name,
        xLabel: "place in the completion",
        yLabel: "share of the role's tokens",
        series: models.map((model) => ({
          name: model.name,
          points: (courseOf(model, name)?.density ?? []).map((y, s, { length }) => ({
            x: (s + 0.5) / length,
            y,
          })),
        })),
      }),
    );
  const places: Table = {
    columns: ["role", ...models.flatMap(({ name }) => [`${name}: tokens`, "mean place"])],
    rows: names.map((name) => [
      name,
      ...models.flatMap((model) => {
        const course = courseOf(model, name);
        return [String(course?.tokens ?? 0), intervalText(course?.place)];
      }),
    ]),
  };
  const densities: Table = {
    keys: 2,
    columns: ["role", "model", ...Array.from({ length: 10 }, (_, s) => `${s / 10}–`)],
    rows: names.flatMap((name) =>
      models.map((model) => [
        name,
        model.name,
        ...(courseOf(model, name)?.density ?? []).map((share) => numberText(share, 2)),
      ]),
    ),
  };
  const alignment: Table = {
    columns: ["tokens", ...models.map(({ name }) => name)],
    rows: (models[0]?.alignment ?? []).map(({ row, role, modality }) => [
      `${role}, ${modality} attention, ${row} row`,
      ...models.map((model) =>
        intervalText(model.alignment.find((one) => one.row === row && one.role === role)?.alignment),
      ),
    ]),
  };
  return {
    title: "Coordination over time",
    note: "Places from 0, the completion's beginning, to 1, its end. A role's shares over the ten tenths sum to 1.",
    tables: [
      { title: "Where roles fall", table: places },
      { title: "Share of each role's tokens by tenth", table: densities },
      ...(alignment.rows.length > 0
        ? [{ title: "Attention where the true role asks for it", table: alignment }]
        : []),
    ],
    figures: [{ file: "time.svg", svg: figureSvg("Roles along the completion", panels) }],
  };
}
