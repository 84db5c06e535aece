/**
 * @module
 * The presets by name.
 */
import { ConfigError } from "../../errors/index.ts";
import { nearestName } from "../../parts/index.ts";
import { atRlPresets } from "./at-rl.ts";
import { atRlBaselines } from "./at-rl-baselines.ts";
import { cfpoPresets } from "./cfpo.ts";
import { cppoPreset } from "./cppo.ts";
import { digits } from "./digits.ts";
import { digitsQuick } from "./digits-quick.ts";
import { dvrpPresets } from "./dvrp.ts";
import { dycoRlPresets } from "./dyco-rl.ts";
import { mocaPreset } from "./moca.ts";
import { oneSettingPreset } from "./one-setting.ts";
import { papoPresets } from "./papo.ts";
import type { Preset } from "./preset.ts";
import { rewardPresets } from "./reward-methods.ts";
import { rivalsCreditPresets } from "./rivals-credit.ts";
import { samplingPresets } from "./sampling-methods.ts";
import { ssrPreset } from "./ssr.ts";
import { tGrpoPresets } from "./t-grpo.ts";
import { vicraBaselines, vicraPresets } from "./vicra.ts";
import { visionaryR1Preset } from "./visionary-r1.ts";
import { vppoPreset } from "./vppo.ts";

export type { Preset };

/** Every preset, in the order in which help lists them. */
export const presets: readonly Preset[] = [
  digits,
  digitsQuick,
  ...dycoRlPresets,
  ...atRlPresets,
  ...atRlBaselines,
  ...tGrpoPresets,
  ...vicraPresets,
  ...vicraBaselines,
  vppoPreset,
  ...papoPresets,
  cppoPreset,
  ...dvrpPresets,
  ...cfpoPresets,
  ...samplingPresets,
  ssrPreset,
  ...rewardPresets,
  visionaryR1Preset,
  mocaPreset,
  oneSettingPreset,
  ...rivalsCreditPresets,
];

/**
 * The preset of that name.
 *
 * @throws ConfigError naming the nearest name, when there is none
 */
export function findPreset(name: string): Preset {
  const found = presets.find((preset) => preset.name === name);
  if (found !== undefined) return found;
  const names = presets.map((preset) => preset.name);
  const near = nearestName(name, names);
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  throw new ConfigError(`--preset: expected one of ${names.join(", ")}, got ${name}${hint}`);
}
