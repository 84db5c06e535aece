/**
 * @module
 * Every key of the configuration with its type, default and meaning, read from the schema.
 */
import * as z from "zod";
import { configSchema } from "./schema.ts";

/** One key that holds a value. */
export interface SettingRow {
  /** Dotted; `[]` means an entry of a list. */
  readonly key: string;
  readonly type: string;
  /** As written in YAML; absent when there is no default. */
  readonly default?: string;
  readonly about: string;
}

/** The keys of a part, or of one kind of a part. */
export interface SettingGroup {
  /** Dotted key of the part. */
  readonly key: string;
  /** The kind that has these keys; absent where the part has no kinds. */
  readonly kind?: string;
  readonly about: string;
  readonly rows: readonly SettingRow[];
}

type Schema = z.core.JSONSchema.JSONSchema;

const written = (value: unknown) => JSON.stringify(value);

/** The bounds of a number as text; the bounds of every number or safe integer are omitted. */
function bounded(name: string, { minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  const bounds = [
    ...(minimum !== undefined && minimum > -Number.MAX_SAFE_INTEGER ? [`from ${minimum}`] : []),
    ...(typeof exclusiveMinimum === "number" ? [`above ${exclusiveMinimum}`] : []),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? [`to ${maximum}`] : []),
    ...(typeof exclusiveMaximum === "number" ? [`below ${exclusiveMaximum}`] : []),
  ];
  return [name, ...bounds].join(" ");
}

const isSchema = (value: unknown): value is Schema => typeof value === "object" && value !== null;

function typeText(schema: Schema): string {
  const { type, enum: values, const: only, items, prefixItems, oneOf, anyOf } = schema;
  if (only !== undefined) return written(only);
  if (values !== undefined) return values.map(written).join(", ");
  const choices = oneOf ?? anyOf;
  if (choices !== undefined) return [...new Set(choices.filter(isSchema).map(typeText))].join(" or ");
  if (type === "integer") return bounded("whole number", schema);
  if (type === "number") return bounded("number", schema);
  if (type === "string") return "text";
  if (type === "boolean") return "true or false";
  if (type === "array" && prefixItems !== undefined) {
    return `[${prefixItems.map((item) => (isSchema(item) ? typeText(item) : "")).join(", ")}]`;
  }
  if (type === "array")
    return isSchema(items) && !Array.isArray(items) ? `list of ${typeText(items)}` : "list";
  if (type === "object") return "settings";
  return "any";
}

const kindOf = ({ properties }: Schema): string | undefined => {
  const kind = properties?.["kind"];
  return isSchema(kind) && typeof kind.const === "string" ? kind.const : undefined;
};

/** The branches of a part with kinds; undefined for other parts. */
function branchesOf({ oneOf, anyOf }: Schema): Schema[] | undefined {
  const branches = (oneOf ?? anyOf)?.filter(isSchema);
  return branches?.every((branch) => kindOf(branch) !== undefined) ? branches : undefined;
}

/** The settings among the choices of a key that may be a plain value instead; undefined where there are several or none. */
function settingsAmong({ oneOf, anyOf }: Schema): Schema | undefined {
  const found = (oneOf ?? anyOf)?.filter(isSchema).filter(({ properties }) => properties !== undefined);
  return found?.length === 1 ? found[0] : undefined;
}

/** Adds the groups of a schema at a key. */
function addGroups(groups: SettingGroup[], key: string, schema: Schema, kind?: string): void {
  const about = schema.description ?? "";
  const { items } = schema;
  if (schema.type === "array" && isSchema(items) && !Array.isArray(items) && branchesOf(items)) {
    groups.push({ key, about, rows: [] });
    for (const branch of branchesOf(items)!) addGroups(groups, `${key}[]`, branch, kindOf(branch));
    return;
  }
  const branches = branchesOf(schema);
  if (branches !== undefined) {
    const chosen = written(isSchema(schema.default) ? (schema.default as { kind?: string }).kind : undefined);
    const type = branches.map((branch) => written(kindOf(branch))).join(", ");
    const row = { key: `${key}.kind`, type, ...(chosen !== undefined && { default: chosen }), about: "" };
    groups.push({ key, about, rows: [row] });
    for (const branch of branches) addGroups(groups, key, branch, kindOf(branch));
    return;
  }
  const rows: SettingRow[] = [];
  const inner: (readonly [key: string, schema: Schema])[] = [];
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (!isSchema(property) || (kind !== undefined && name === "kind")) continue;
    const path = `${key}.${name}`;
    if (property.properties !== undefined || branchesOf(property) !== undefined) inner.push([path, property]);
    else {
      const value = property.default === undefined ? {} : { default: written(property.default) };
      rows.push({ key: path, type: typeText(property), ...value, about: property.description ?? "" });
      const settings = settingsAmong(property);
      if (settings !== undefined) inner.push([path, settings]);
    }
  }
  groups.push({ key, ...(kind !== undefined && { kind }), about, rows });
  for (const [path, property] of inner) addGroups(groups, path, property);
}

/** Every key of a run's configuration, in the order of the schema. */
export function settingsReference(): SettingGroup[] {
  const groups: SettingGroup[] = [];
  const { properties = {} } = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" });
  for (const [key, schema] of Object.entries(properties))
    if (isSchema(schema)) addGroups(groups, key, schema);
  return groups;
}

const cell = (text: string) => text.replaceAll("|", "\\|");
/** Text in which tags are text, as `<think>` is. */
const prose = (text: string) => cell(text).replaceAll("<", "\\<");

/** The reference as a page. */
export function settingsPage(groups: readonly SettingGroup[]): string {
  const sections = groups.map(({ key, kind, about, rows }) => {
    const depth = kind === undefined && !key.includes(".") ? "##" : "###";
    const title = kind === undefined ? `\`${key}\`` : `\`${key}\` of kind \`${kind}\``;
    const table = rows.map(
      ({ key: path, type, default: value, about: meaning }) =>
        `| \`${path}\` | ${cell(type)} | ${value === undefined ? "" : `\`${cell(value)}\``} | ${prose(meaning)} |`,
    );
    const head = ["| key | type | default | |", "|---|---|---|---|"];
    return [
      `${depth} ${title}`,
      ...(about ? ["", about] : []),
      ...(rows.length > 0 ? ["", ...head, ...table] : []),
    ];
  });
  return [
    "# Configuration",
    "",
    "Every key of a configuration file and of `--set key=value`. Written by `fovea settings --markdown`; do not edit. A",
    "configuration says only what differs from the defaults; `fovea train FILE --dry-run` prints all of it.",
    ...sections.flatMap((lines) => ["", ...lines]),
    "",
  ].join("\n");
}
