/**
 * @module
 * `fovea reproduce`: runs a table or figure of a paper and prints its numbers beside ours.
 */
import { type Command, Option } from "commander";
import {
  type Cell,
  CellStore,
  cellKey,
  GridRunner,
  pinModels,
  pinnedCells,
  readPinnedModels,
} from "../compare/index.ts";
import { ConfigError } from "../errors/index.ts";
import { textTable } from "../eval/index.ts";
import { requireWritableDirectory } from "../files/index.ts";
import {
  digitsGrid,
  type GivenSettings,
  type NamedRecipe,
  type Plan,
  paperGrid,
  planOf,
  type RecipeGrid,
  type RunsRecipe,
  readDigitsScale,
  readRecipe,
  recipeNames,
  reproduction,
  reproductionText,
  settingLines,
  settingsText,
} from "../recipe/index.ts";
import { CellProgress } from "./cell-progress.ts";
import type { CliContext } from "./context.ts";
import { downloadBar } from "./download-bar.ts";
import { InterruptedRun } from "./interruption.ts";
import { planText } from "./plan-text.ts";
import { refuseOptions } from "./refuse-options.ts";
import { Reporter } from "./reporter.ts";
import { addReproduceOptions, givenData, givenSettings, type ReproduceFlags } from "./reproduce-flags.ts";
import { writeReproduction } from "./write-reproduction.ts";

/** A recipe of runs, resolved at the chosen scale. */
interface Prepared extends NamedRecipe {
  readonly recipe: RunsRecipe;
  readonly grid: RecipeGrid;
}

/** A recipe that cannot run at this scale, and the reason. */
interface Refused {
  readonly name: string;
  readonly reason: string;
}

function gridOf(
  { recipe, paper }: Pick<Prepared, "recipe" | "paper">,
  given: GivenSettings,
  { scale, data, plan = false }: ReproduceFlags,
): RecipeGrid {
  if (scale === "digits") return digitsGrid(recipe, readDigitsScale(), given);
  return paperGrid(recipe, { ...given, data: givenData(data), evaluation: paper.evaluation, isPlan: plan });
}

/** The names on the command line; all with `--all`. */
function namesOf(names: readonly string[], { all = false }: ReproduceFlags): string[] {
  if (all && names.length > 0)
    throw new ConfigError(`--all: expected no recipe names, got ${names.join(", ")}`);
  if (!all && names.length === 0)
    throw new ConfigError("recipe: expected a name such as vicra/table-1, or --all or --list");
  return all ? recipeNames() : [...new Set(names)];
}

/** Of several recipes, one that cannot run at this scale is reported and skipped. */
function prepared(recipes: readonly NamedRecipe[], flags: ReproduceFlags): (Prepared | Refused)[] {
  const given = givenSettings(flags);
  return recipes.flatMap((one): (Prepared | Refused)[] => {
    const { name, recipe, paper } = one;
    if (recipe.kind === "settings") return [];
    if (flags.scale === "digits" && "cannot" in recipe.digits && recipes.length > 1) {
      return [{ name, reason: recipe.digits.cannot }];
    }
    return [{ ...one, recipe, grid: gridOf({ recipe, paper }, given, flags) }];
  });
}

/** Recipes whose models of the hub are at the commits that the directory has recorded, and unless it is a plan records. */
async function withPinnedModels(
  recipes: readonly Prepared[],
  directory: string,
  { plan = false }: ReproduceFlags,
  context: CliContext,
): Promise<Prepared[]> {
  const cells = recipes.flatMap(({ grid }) => grid.cells);
  const pinned = plan ? readPinnedModels(directory) : await pinModels(cells, directory, downloadBar(context));
  return recipes.map((one) => ({
    ...one,
    grid: { ...one.grid, cells: pinnedCells(one.grid.cells, pinned) },
  }));
}

const isPrepared = (one: Prepared | Refused): one is Prepared => "grid" in one;

/** Size of the training data set of a recipe's cell, if the paper prints it. */
function problemsOf(recipes: readonly Prepared[]): (cell: Cell) => number | undefined {
  const sizes = new Map<string, number | undefined>();
  for (const { recipe, grid, paper } of recipes) {
    for (const cell of grid.cells) {
      const row = recipe.rows.find(({ name }) => name === cell.labels["row"]);
      const data = row?.data ?? recipe.data;
      sizes.set(cellKey(cell), data === undefined ? undefined : paper.data[data]?.problems);
    }
  }
  return (cell) => sizes.get(cellKey(cell));
}

function showPlan(
  recipes: readonly Prepared[],
  store: CellStore,
  flags: ReproduceFlags,
  reporter: Reporter,
): void {
  const { price, jobs } = flags;
  const of = (some: readonly Prepared[]): Plan =>
    planOf(
      some.flatMap(({ grid }) => grid.cells),
      store,
      { problemsOf: problemsOf(some), price, jobs },
    );
  const plans = recipes.map((one) => ({ name: one.name, plan: of([one]), grid: one.grid }));
  const together = of(recipes);
  for (const { name, plan, grid } of plans) {
    const { leftOut, unmeasured } = grid;
    reporter.json({ event: "plan", recipe: name, ...plan, leftOut, unmeasured });
  }
  reporter.json({ event: "finished", recipes: plans.length, ...together });
  if (plans.length > 0) reporter.text(planText(plans, together));
}

/** Runs a recipe's cells and prints its table. */
async function run(
  one: Prepared,
  running: { readonly runner: GridRunner; readonly store: CellStore; readonly progress: CellProgress },
  scale: ReproduceFlags["scale"],
  reporter: Reporter,
): Promise<void> {
  const { name, recipe, grid } = one;
  const { runner, store, progress } = running;
  const { cells, measures } = grid;
  const results = await runner.run({
    cells,
    measures,
    onCell: progress.list(cells.length, measures, `${name} `),
  });
  if (results.length < cells.length) {
    throw new InterruptedRun(
      `interrupted after ${results.length} of ${cells.length} cells of ${name}; the same command continues`,
    );
  }
  const found = reproduction(recipe, grid, results, scale);
  const files = writeReproduction(store.directory, one, found);
  reporter.json({
    event: "reproduction",
    recipe: name,
    ...found,
    leftOut: grid.leftOut,
    unmeasured: grid.unmeasured,
  });
  const notes = [...grid.leftOut, ...grid.unmeasured].map(({ name: what, reason }) => `${what}: ${reason}\n`);
  reporter.text(`${name}: ${recipe.title}\n${reproductionText(found)}${notes.join("")}${files}\n\n`);
}

/**
 * Runs all recipes side by side on one runner, whose slots go to the first recipes first.
 *
 * @throws the first error, once all others have stopped
 */
async function runAll(
  recipes: readonly Prepared[],
  store: CellStore,
  { jobs, scale }: ReproduceFlags,
  context: CliContext,
  reporter: Reporter,
): Promise<void> {
  const progress = new CellProgress(reporter, context, jobs);
  const runner = new GridRunner({
    store,
    jobs,
    onEvent: progress.event,
    onMeasure: progress.measure,
    signal: context.interruption.listen("stopping after a checkpoint"),
    clock: context.clock,
    ...(context.openEngine && { openEngine: context.openEngine }),
  });
  const ended = await Promise.allSettled(
    recipes.map((one) =>
      run(one, { runner, store, progress }, scale, reporter).catch((error: unknown) => {
        throw runner.fail(error);
      }),
    ),
  );
  for (const one of ended) if (one.status === "rejected") throw one.reason;
}

async function reproduce(
  names: readonly string[],
  flags: ReproduceFlags,
  context: CliContext,
): Promise<void> {
  const reporter = new Reporter(context, flags.json ?? false);
  if (flags.list) return listRecipes(reporter);
  const recipes = namesOf(names, flags).map((name) => readRecipe(name));
  const store = new CellStore(flags.out);
  for (const { name, recipe } of recipes) {
    if (recipe.kind !== "settings") continue;
    if (flags.plan) {
      reporter.json({ event: "settings-only", recipe: name });
      reporter.text(`${name}: has settings only, so nothing runs; without --plan it prints them\n`);
      continue;
    }
    const settings = settingLines(recipe);
    reporter.json({ event: "settings", recipe: name, settings });
    reporter.text(`${name}: ${recipe.title}\n${settingsText(settings)}\n`);
  }
  const all = prepared(recipes, flags);
  for (const one of all) {
    if (isPrepared(one)) continue;
    reporter.json({ event: "refused", recipe: one.name, reason: one.reason });
    reporter.text(`${one.name}: not at ${flags.scale} scale: ${one.reason}\n`);
  }
  const asked = all.filter(isPrepared);
  if (asked.length > 0 && flags.plan !== true) requireWritableDirectory(flags.out);
  const runs = await withPinnedModels(asked, flags.out, flags, context);
  if (flags.plan) return showPlan(runs, store, flags, reporter);
  await runAll(runs, store, flags, context, reporter);
  reporter.json({ event: "finished", directory: flags.out, recipes: runs.map(({ name }) => name) });
}

function listRecipes(reporter: Reporter): void {
  const lines = recipeNames().map((name) => {
    const { recipe, paper } = readRecipe(name);
    const scale = recipe.kind === "settings" ? "settings" : "cannot" in recipe.digits ? "" : "digits";
    reporter.json({
      event: "recipe",
      name,
      item: recipe.item,
      title: recipe.title,
      paper: paper.source,
      digits: scale === "digits",
    });
    return [name, scale, recipe.title];
  });
  reporter.text(`${textTable([["recipe", "scale", "what it shows"], ...lines])}\n`);
}

/** Adds the arguments and the action of `fovea reproduce`. */
export function configure(command: Command, context: CliContext): void {
  addReproduceOptions(command.argument("[recipes...]", "recipes by name, such as vicra/table-1"))
    .addOption(new Option("--list", "list every recipe and run nothing"))
    .action((names: readonly string[], flags: ReproduceFlags) => {
      if (flags.scale === "digits") {
        refuseOptions(command, ["data"], "needs --scale paper; digits has the built-in task alone");
      }
      if (flags.plan !== true) refuseOptions(command, ["price"], "needs --plan");
      return reproduce(names, flags, context);
    });
}
