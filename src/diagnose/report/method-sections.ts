/**
 * @module
 * The sections on the inputs of credit methods: their roles against the truth, connectivity, grounding.
 */
import type { ModelDiagnosis } from "../diagnosis.ts";
import type { WordMean } from "../distributions.ts";
import { figureSvg } from "./figure.ts";
import { of, type Section } from "./section.ts";
import { intervalText, numberText, percentText } from "./table.ts";

const rowName = (row: string | undefined) => row ?? "–";

export function roles(models: readonly ModelDiagnosis[]): Section | undefined {
  const found = models.filter(({ roleAccuracy }) => roleAccuracy.length > 0);
  if (found.length === 0) return undefined;
  const matrixText = (confusion: readonly (readonly number[])[] | undefined) =>
    (confusion ?? []).map((row) => row.join("/")).join("  ");
  return {
    title: "Role accuracy",
    note:
      "AUC of each method's score: tokens that read the image against tokens that reason; against all other tokens; and " +
      "wrong against right tokens. F1 of visual as image over tokens that read or reason, and over all tokens. Counts are " +
      "visual/text/neutral of true image, reasoning and other tokens.",
    tables: found.map((model) => ({
      title: `Methods against the truth${of(model.name, models)}`,
      table: {
        keys: 2,
        columns: [
          "method",
          "row",
          "AUC image, reasoning",
          "AUC image, all",
          "AUC wrong, right",
          "F1 image",
          "over all",
          "F1 reasoning",
          "image  reasoning  other",
        ],
        rows: model.roleAccuracy.map((one) => [
          one.method,
          rowName(one.row),
          intervalText(one.imageFromReasoning),
          intervalText(one.imageFromAll),
          intervalText(one.wrongFromRight),
          numberText(one.judgedImage?.f1),
          numberText(one.image?.f1),
          numberText(one.reasoning?.f1),
          matrixText(one.confusion),
        ]),
      },
    })),
    figures: [
      {
        file: "roles.svg",
        svg: figureSvg(
          "Methods against the truth",
          found.map((model) => ({
            kind: "dots",
            title: `AUC, image from reasoning${of(model.name, models)}`,
            xLabel: "area under the curve",
            reference: 0.5,
            dots: model.roleAccuracy.map(({ method, row, imageFromReasoning: { estimate, low, high } }) => ({
              name: row === undefined ? method : `${method}, ${row}`,
              value: estimate,
              low,
              high,
            })),
          })),
        ),
      },
    ],
  };
}

const wordsText = (words: readonly WordMean[]) =>
  words.map(({ word, mean }) => `${JSON.stringify(word)} ${numberText(mean, 2)}`).join(", ");

const sharesText = (shares: Readonly<Record<string, number>> | undefined) =>
  Object.entries(shares ?? {})
    .map(([role, share]) => `${role} ${percentText(share)}`)
    .join(", ") || "–";

export function connectivity(models: readonly ModelDiagnosis[]): Section | undefined {
  const found = models.flatMap((model) => model.connectivity.map((one) => ({ ...one, model: model.name })));
  if (found.length === 0) return undefined;
  return {
    title: "Connectivity",
    note: "Anchors are the 15 % of tokens of highest connectivity.",
    tables: [
      {
        title: "Anchors",
        table: {
          keys: 2,
          columns: [
            "row",
            "model",
            "threshold",
            "connectivity held",
            "true roles of anchors",
            "anchors of each role",
          ],
          rows: found.map((one) => [
            one.row,
            one.model,
            numberText(one.threshold),
            percentText(one.heldByAnchors),
            sharesText(one.anchorRoles),
            sharesText(one.anchorShareOfRole),
          ]),
        },
      },
      {
        title: "Words",
        table: {
          keys: 2,
          columns: ["row", "model", "highest", "lowest"],
          rows: found.map(({ row, model, highest, lowest }) => [
            row,
            model,
            wordsText(highest),
            wordsText(lowest),
          ]),
        },
      },
    ],
    figures: [
      {
        file: "connectivity.svg",
        svg: figureSvg(
          "Connectivity",
          found.map(({ row, model, histogram: { low, high, counts } }) => ({
            kind: "lines",
            title: `Connectivity, ${row} row${of(model, models)}`,
            xLabel: "connectivity",
            yLabel: "tokens",
            series: [
              {
                name: "tokens",
                points: counts.map((y, b) => ({ x: low + ((b + 0.5) / counts.length) * (high - low), y })),
              },
            ],
          })),
        ),
      },
    ],
  };
}

export function grounding(models: readonly ModelDiagnosis[]): Section | undefined {
  const found = models.flatMap(({ name, grounding: one }) => (one ? [{ ...one, name }] : []));
  if (found.length === 0) return undefined;
  return {
    title: "Grounding",
    note:
      "Grounded tokens have π(o | image) − π(o | no image) > 0.2. Unsure tokens are the 20 % of highest entropy. Entropy in " +
      "nats, at temperature 1.",
    tables: [
      {
        title: "Grounded and other tokens",
        table: {
          columns: [
            "model",
            "grounded",
            "entropy grounded",
            "entropy other",
            "gap",
            "grounded that are unsure",
            "unsure that are grounded",
          ],
          rows: found.map((one) => [
            one.name,
            intervalText(one.groundedShare),
            intervalText(one.entropyGrounded),
            intervalText(one.entropyOther),
            intervalText(one.entropyGap),
            percentText(one.groundedThatAreUnsure),
            percentText(one.unsureThatAreGrounded),
          ]),
        },
      },
      {
        title: "Words of highest grounding",
        table: {
          columns: ["model", "words"],
          rows: found.map(({ name, highest }) => [name, wordsText(highest)]),
        },
      },
    ],
    figures: [
      {
        file: "grounding.svg",
        svg: figureSvg("Grounding", [
          {
            kind: "lines",
            title: "Cumulative distribution of grounding",
            xLabel: "π(o | image) − π(o | no image)",
            yLabel: "share of tokens",
            series: found.map(({ name, quantiles }) => ({
              name,
              points: quantiles.map((x, i) => ({ x, y: i / 100 })),
            })),
          },
        ]),
      },
    ],
  };
}
