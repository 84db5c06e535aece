/**
 * @module
 * The schema of a recipe: a table or figure of a paper as runs, with measures and the printed number beside
 * each cell. One YAML file for each under `recipes/<paper>/`.
 */
import * as z from "zod";

const settings = z.record(z.string(), z.unknown());
const line = z.string().min(1);

/**
 * A printed cell: a number, one with its spread, a word; null where the paper prints a dash; `absent` where the paper prints a
 * number that is in no text at hand.
 */
const printedValue = z.union([
  z.number(),
  z.strictObject({
    value: z.number(),
    spread: z.number().describe("The number that the paper prints after ±."),
  }),
  z.string().min(1),
  z.null(),
]);

const printed = z
  .union([z.array(printedValue), z.record(z.string(), printedValue)])
  .describe("Cells in the order of the columns, or by column; those not named are absent.");

const columnSchema = z
  .strictObject({
    name: line.describe("Heading, as the paper prints it."),
    benchmark: z
      .union([line, z.looseObject({ kind: line })])
      .optional()
      .describe(
        "Benchmark that the number is measured on, by its name in fovea benchmarks or with its options.",
      ),
    subset: line.optional().describe("Split or version of the benchmark, as the paper names it."),
    metric: line.optional().describe("Which of the benchmark's measures; its main one unless given."),
    measure: settings.optional().describe("The measure if it is not a benchmark, as in a grid's measures."),
    unmeasured: line.optional().describe("Why nothing is measured for it."),
    average: z.literal(true).optional().describe("Mean over the columns before it."),
    unit: z
      .enum(["percent", "seconds", "tokens", "nats", "radians", "share", "count"])
      .default("percent")
      .describe("Unit of the printed number."),
  })
  .describe("One printed column.");

const rowSchema = z
  .strictObject({
    name: line.describe("Label, as the paper prints it."),
    group: line.optional().describe("Heading that the paper prints above it."),
    model: line.optional().describe("Model, org/name; that of the recipe unless given."),
    start: z.literal(true).optional().describe("The model before training."),
    preset: line.optional().describe("Preset of the run."),
    set: settings.default({}).describe("Settings over the preset's."),
    data: line.optional().describe("Data set that it trains on; the recipe's unless given."),
    reported: line.optional().describe("Why there is nothing to run: whose number it is, or which model."),
    over: line.optional().describe("Row that it is compared with; the recipe's baseline unless given."),
    printed,
  })
  .describe("One printed row.");

const settingRowSchema = z
  .strictObject({
    name: line.describe("Label, as the paper prints it."),
    group: line.optional().describe("Heading that the paper prints above it."),
    preset: line.describe("Preset that has the setting."),
    key: line.optional().describe("Dotted key of the setting; none where Fovea has no such setting."),
    means: line
      .optional()
      .describe("How the printed value and the setting go together, where they are not equal."),
    printed: printedValue,
  })
  .describe("One printed setting.");

const digitsSchema = z
  .union([
    z.strictObject({ cannot: line.describe("Why the design cannot run on the built-in task.") }),
    z.strictObject({
      columns: z
        .record(z.string(), z.string().nullable())
        .describe(
          "The measure, by its name in recipes/digits.yaml, and the printed column beside it, or none.",
        ),
      set: z
        .record(z.string(), settings)
        .default({})
        .describe("Settings of rows, by name, over those they have."),
      leaveOut: z
        .record(z.string(), line)
        .default({})
        .describe("Rows that do not run there, by name, and why."),
      seeds: z
        .array(z.int().min(0))
        .min(1)
        .optional()
        .describe("Seeds; from recipes/digits.yaml unless given."),
      notes: z.array(line).default([]).describe("How the design is carried over."),
    }),
  ])
  .describe("The same design on the built-in task.");

const common = {
  title: line.describe("Content of the table or figure."),
  item: line.describe("Its name in the paper, such as Table 1."),
  absent: line
    .optional()
    .describe("Numbers that are in no available text, and the sources of all other numbers."),
  notes: z.array(line).default([]).describe("Points that the paper leaves open, with the choices made."),
};

/** A recipe of runs and their measures. */
const runsSchema = z.strictObject({
  kind: z.literal("runs").default("runs"),
  ...common,
  compares: line.describe("Runs and what is compared between them."),
  model: line.optional().describe("Model of the rows, org/name."),
  data: line.optional().describe("Data set that the rows train on, by its name in paper.yaml."),
  protocol: line.optional().describe("How it is measured, where it differs from the paper's protocol."),
  evaluation: settings.default({}).describe("The same as settings of evaluation, over the paper's settings."),
  seeds: z.int().min(1).default(1).describe("Runs of each row that the paper reports."),
  columns: z.array(columnSchema).min(1),
  rows: z.array(rowSchema).min(1),
  baseline: line.optional().describe("Row that the others are compared with."),
  digits: digitsSchema,
});

/** A table of settings, for which nothing runs: the presets' own values are shown beside it. */
const settingsSchema = z.strictObject({
  kind: z.literal("settings"),
  ...common,
  rows: z.array(settingRowSchema).min(1),
});

export const recipeSchema = z.discriminatedUnion("kind", [runsSchema, settingsSchema]);

/** Shared fields of a paper's recipes. */
export const paperSchema = z.strictObject({
  title: line,
  source: line.describe("arXiv id, or where the text is from."),
  data: z
    .record(
      line,
      z.strictObject({
        problems: z.int().min(1).optional().describe("Rows, where they are printed."),
        note: line.optional(),
      }),
    )
    .describe("Data sets by name."),
  protocol: line.describe("How the paper measures."),
  evaluation: settings.describe("The same as settings of evaluation; the user names the judges."),
  compute: line.optional().describe("Compute of the paper's runs, by the paper."),
});

/** The built-in task as a stand-in: one configuration under all rows, and the measures. */
export const digitsScaleSchema = z.strictObject({
  preset: line.describe("Preset below all rows."),
  config: settings.describe("Settings over the preset's, below the settings that rows carry over."),
  carried: z.array(line).describe("Keys of a row's preset that are carried over, dotted."),
  seeds: z.array(z.int().min(0)).min(1),
  measures: z.record(line, settings).describe("Measures, by name, as in a grid."),
});

export type PrintedValue = z.output<typeof printedValue>;
export type RecipeColumn = z.output<typeof columnSchema>;
export type RecipeRow = z.output<typeof rowSchema>;
export type RunsRecipe = z.output<typeof runsSchema>;
export type SettingsRecipe = z.output<typeof settingsSchema>;
export type Recipe = z.output<typeof recipeSchema>;
export type Paper = z.output<typeof paperSchema>;
export type DigitsScale = z.output<typeof digitsScaleSchema>;
