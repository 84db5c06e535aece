/**
 * @module
 * Where along the completion each role falls, and how much of its attention lies where the role asks for it: DyCo-RL's
 * Figure 4 (arXiv:2606.08035).
 */
import type { AttentionRow } from "../credit/index.ts";
import {
  type BootstrapOptions,
  bootstrapIntervals,
  type Interval,
  type Rng,
  shareOf,
} from "../math/index.ts";
import { GroupedSums } from "./statistics/grouped-sums.ts";
import { ASSIGNED_ROLES, type TokenTable, TRUE_ROLES } from "./token-table.ts";

/** Equal parts of a completion. */
export const STRETCHES = 10;

/** One role along the completion. */
export interface RoleCourse {
  /** By the truth, or by DyCo-RL's roles. */
  readonly by: "truth" | "fisher-rao";
  readonly row?: AttentionRow;
  readonly role: string;
  readonly tokens: number;
  /** Mean place in [0, 1]. */
  readonly place: Interval;
  /** `[10]` share of the role's tokens in each tenth of the completion. */
  readonly density: readonly number[];
  /** `[10]` share of the tenth's tokens that have the role. */
  readonly share: readonly number[];
}

/** Mean share of attention where a true role asks for it, r̃^m. */
export interface RoleAlignment {
  readonly row: AttentionRow;
  readonly role: "image" | "reasoning";
  readonly modality: "visual" | "text";
  readonly alignment: Interval;
}

/** The course of each role, by the truth where it is known and by Fisher-Rao's roles. */
export function timeCourse(table: TokenTable, rng: Rng, options: BootstrapOptions): RoleCourse[] {
  const courses: RoleCourse[] = [];
  const { truth } = table;
  if (truth) {
    for (const [code, role] of TRUE_ROLES.entries()) {
      courses.push({ by: "truth", role, ...course(table, truth.role, code, rng, options) });
    }
  }
  for (const { method, row, assigned } of table.methods) {
    if (method !== "fisher-rao" || row === undefined || assigned === undefined) continue;
    for (const [code, role] of ASSIGNED_ROLES.entries()) {
      courses.push({ by: "fisher-rao", row, role, ...course(table, assigned, code, rng, options) });
    }
  }
  return courses;
}

function course(
  { completions, tokens, place, unit }: TokenTable,
  roles: Uint8Array,
  code: number,
  rng: Rng,
  options: BootstrapOptions,
): Pick<RoleCourse, "tokens" | "place" | "density" | "share"> {
  const sums = new GroupedSums(completions);
  const own = new Array<number>(STRETCHES).fill(0);
  const all = new Array<number>(STRETCHES).fill(0);
  for (let i = 0; i < tokens; i++) {
    const stretch = Math.min(STRETCHES - 1, Math.floor(place[i]! * STRETCHES));
    all[stretch]! += 1;
    if (roles[i] !== code) continue;
    own[stretch]! += 1;
    sums.add(unit[i]!, place[i]!);
  }
  const [mean] = bootstrapIntervals(
    completions,
    (weights) => [sums.mean(weights)],
    rng.fork("place"),
    options,
  );
  return {
    tokens: sums.items,
    place: mean!,
    density: own.map((count) => count / sums.items),
    share: own.map((count, s) => count / all[s]!),
  };
}

/** Alignment of true roles with attention; none without truth. */
export function alignments(table: TokenTable, rng: Rng, options: BootstrapOptions): RoleAlignment[] {
  const { truth } = table;
  if (truth === undefined) return [];
  return (
    Object.entries(table.rows) as [AttentionRow, { visualMass: Float64Array; textMass: Float64Array }][]
  ).flatMap(([row, { visualMass, textMass }]) =>
    (
      [
        ["image", "visual", visualMass],
        ["reasoning", "text", textMass],
      ] as const
    ).map(([role, modality, mass]): RoleAlignment => {
      const sums = new GroupedSums(table.completions);
      for (let i = 0; i < table.tokens; i++) {
        if (TRUE_ROLES[truth.role[i]!] !== role) continue;
        sums.add(table.unit[i]!, shareOf(mass[i]!, visualMass[i]! + textMass[i]!));
      }
      const [alignment] = bootstrapIntervals(
        table.completions,
        (weights) => [sums.mean(weights)],
        rng.fork(`${row} ${role}`),
        options,
      );
      return { row, role, modality, alignment: alignment! };
    }),
  );
}
