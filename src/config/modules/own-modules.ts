/**
 * @module
 * The modules that user files import by the package name: the copies of this program, not a second copy.
 */
import * as z from "zod";
import * as benchmark from "../../benchmark/index.ts";
import * as credit from "../../credit/index.ts";
import * as data from "../../data/index.ts";
import * as engine from "../../engine/index.ts";
import * as errors from "../../errors/index.ts";
import * as evaluation from "../../eval/index.ts";
import * as judge from "../../judge/index.ts";
import * as main from "../../main/index.ts";
import * as math from "../../math/index.ts";
import * as model from "../../model/index.ts";
import * as objective from "../../objective/index.ts";
import * as parts from "../../parts/index.ts";
import * as reward from "../../reward/index.ts";
import * as tensor from "../../tensor/index.ts";
import * as train from "../../train/index.ts";
import * as verify from "../../verify/index.ts";

export const ownModules: Record<string, unknown> = {
  zod: z,
  fovea: main,
  "fovea/benchmark": benchmark,
  "fovea/credit": credit,
  "fovea/data": data,
  "fovea/engine": engine,
  "fovea/errors": errors,
  "fovea/eval": evaluation,
  "fovea/judge": judge,
  "fovea/math": math,
  "fovea/model": model,
  "fovea/objective": objective,
  "fovea/parts": parts,
  "fovea/reward": reward,
  "fovea/tensor": tensor,
  "fovea/train": train,
  "fovea/verify": verify,
};
