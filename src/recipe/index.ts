/**
 * @module
 * Recipes: every table and figure of the three papers as runs, what is measured of them, and the printed number beside each
 * cell. Start with `schema`; `cells` makes runs of rows, `reproduction` puts printed and measured numbers side by side.
 */
export {
  digitsGrid,
  type GivenSettings,
  type LeftOutRow,
  type PaperScale,
  paperGrid,
  type RecipeGrid,
  ROW_AXIS,
} from "./cells.ts";
export { type Plan, planOf } from "./plan.ts";
export { ABSENT, printedByColumn, printedNumber, printedWords } from "./printed.ts";
export { type NamedRecipe, RECIPES, readDigitsScale, readRecipe, recipeNames } from "./read-recipe.ts";
export { type ReproducedCell, type Reproduction, reproduction } from "./reproduction.ts";
export {
  reproductionMarkdown,
  reproductionNotes,
  reproductionText,
  settingsMarkdown,
  settingsText,
} from "./reproduction-text.ts";
export type {
  DigitsScale,
  Paper,
  PrintedValue,
  Recipe,
  RecipeRow,
  RunsRecipe,
  SettingsRecipe,
} from "./schema.ts";
export { type SettingLine, settingLines } from "./settings-table.ts";
