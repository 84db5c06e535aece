/**
 * @module
 * Names of the benchmarks that recipes measure on.
 */
export const benchmarkNames: readonly string[] = [
  "chartmimic",
  "chartqapro",
  "dynamath",
  "emma",
  "geoqa",
  "hallusionbench",
  "infovqa",
  "logicvista",
  "mathverse",
  "mathvision",
  "mathvista",
  "mega-bench",
  "mmbench",
  "mme",
  "mmmu",
  "mmmu-pro",
  "mmvu",
  "pope",
  "r-bench",
  "scienceqa",
  "tallyqa",
  "textvqa",
  "videommmu",
  "vqav2",
  "vsi-bench",
  "wemath",
];
