/**
 * @module
 * The work of each call that changes a model, once it is its turn.
 */
import { randomUUID } from "node:crypto";
import type * as z from "zod";
import { wire } from "../engine/index.ts";
import type { Checkpoint, Checkpoints } from "./checkpoints.ts";
import { forwardBackwardPass, forwardPass } from "./forward-pass.ts";
import type { ModelHost } from "./model-host.ts";
import { Refusal } from "./refusal.ts";
import type { SamplerEngines } from "./sampler-engines.ts";
import type { Samplers } from "./samplers.ts";
import { trainedWeights } from "./served-model.ts";

/** The objects that calls use beside the model. */
interface CallContext {
  readonly checkpoints: Checkpoints;
  readonly engines: SamplerEngines;
  readonly samplers: Samplers;
}

type Work<R> = (host: ModelHost, request: R, context: CallContext) => Promise<object>;

interface TrainingCall {
  readonly schema: z.ZodType;
  readonly work: Work<unknown>;
}

function call<S extends z.ZodType>(schema: S, work: Work<z.output<S>>): TrainingCall {
  return { schema, work: (host, request, context) => work(host, request as z.output<S>, context) };
}

const forward = call(wire.forwardRequestSchema, (host, { forward_input: input, fovea }) =>
  forwardPass(host, input, fovea ?? {}),
);

const forwardBackward = call(
  wire.forwardBackwardRequestSchema,
  (host, { forward_backward_input: input, fovea }) => forwardBackwardPass(host, input, fovea ?? {}),
);

const optimStep = call(wire.optimStepRequestSchema, async (host, { adam_params: adam }, { engines }) => {
  await engines.beforeStep(host);
  const { gradientNorm, applied } = await host.engine.step({
    learningRate: adam.learning_rate,
    beta1: adam.beta1,
    beta2: adam.beta2,
    epsilon: adam.eps,
    weightDecay: adam.weight_decay,
    maxGradientNorm: adam.grad_clip_norm,
  });
  host.noteStep();
  const norm = Number.isFinite(gradientNorm) ? { grad_norm: gradientNorm } : {};
  return { metrics: { ...norm, applied: applied ? 1 : 0 } };
});

const setReference = call(wire.modelRequestSchema, async (host) => {
  await host.engine.setReference();
  return {};
});

const saveWeights = call(wire.saveWeightsSchema, async (host, { path, overwrite }, { checkpoints }) => ({
  path: await checkpoints.save(host, "training", path ?? randomUUID(), overwrite ?? false),
}));

const saveForSampler = call(wire.saveForSamplerSchema, async (host, { path, kind }, context) => {
  if (kind != null && kind !== "snapshot") {
    throw new Refusal(
      "unsupported",
      `kind: expected snapshot, whose weights stay as they are, got ${kind}; save again after each step instead`,
    );
  }
  if (path != null) return { path: await context.checkpoints.save(host, "sampler", path, false) };
  context.engines.want(host.id, host.version);
  const { id: model, version, lora, served } = host;
  const source = { kind: "model", baseModel: served.name, model, version, lora } as const;
  return { sampling_session_id: context.samplers.add(host.session, source) };
});

/**
 * A checkpoint to load.
 *
 * @param model that it is to be loaded into, as far as that is known
 * @throws Refusal when there is none, it is of other weights, or has no optimiser where that is wanted
 */
export function loadable(
  checkpoints: Checkpoints,
  { path, optimizer }: { readonly path: string; readonly optimizer: boolean },
  model: { readonly baseModel?: string | null | undefined; readonly host?: ModelHost },
): Checkpoint {
  const found = checkpoints.find(path);
  const { baseModel = model.host?.served.name, host } = model;
  const wrong = (expected: string, got: string) =>
    new Refusal("bad-request", `path: expected a checkpoint of ${expected}, got one of ${got}`);
  if (baseModel != null && baseModel !== found.baseModel) throw wrong(baseModel, found.baseModel);
  if (host !== undefined) {
    const [expected, got] = [trainedWeights(host.lora), trainedWeights(found.lora)];
    if (expected !== got) throw wrong(expected, got);
  }
  if (optimizer && found.type === "sampler") {
    throw new Refusal(
      "bad-request",
      "path: expected a training checkpoint where the optimiser is loaded, got a sampler's; optimizer: false loads the weights alone",
    );
  }
  return found;
}

const loadWeights = call(wire.loadWeightsSchema, async (host, request, context) => {
  const { path, optimizer } = request;
  const { directory } = loadable(context.checkpoints, request, { host });
  await context.engines.beforeStep(host);
  await host.engine.load(directory);
  // At once: the weights have changed, also where the optimiser cannot be reset.
  host.noteStep();
  if (!optimizer) await context.checkpoints.reloadBare(host);
  return { path };
});

/** Calls that are run one after another in the order of their sequence numbers. */
export const TRAINING_CALLS = {
  forward,
  forward_backward: forwardBackward,
  optim_step: optimStep,
  save_weights: saveWeights,
  save_weights_for_sampler: saveForSampler,
  load_weights: loadWeights,
  fovea_set_reference: setReference,
} as const satisfies Readonly<Record<string, TrainingCall>>;

export type TrainingCallName = keyof typeof TRAINING_CALLS;
