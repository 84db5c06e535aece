/**
 * @module
 * The engine contract over the Tinker protocol: SkyRL on a cluster, `fovea serve`, or a hosted service. Losses stay
 * here; the server is given coefficients as the signed weights of a cross-entropy,
 *
 *     L = Σ −wₜ·log π(oₜ),   wₜ = cₜ
 *
 * so every objective and every credit method runs on any server. Where the server speaks the extension, what the
 * protocol lacks (attention, entropy, batches that are sampled as one) comes from there.
 */
import { randomUUID } from "node:crypto";
import type { ImageAblation } from "../../credit/index.ts";
import { EngineError } from "../../errors/index.ts";
import { requireWritableDirectory } from "../../files/index.ts";
import { ablationCapability, type Capability, requireCapability } from "../capabilities.ts";
import type {
  AccumulateOptions,
  AdamParameters,
  Completion,
  Engine,
  GradientReport,
  SampleRequest,
  Sampler,
  SaveOptions,
  Score,
  ScoreRequest,
  Sequence,
  ServerDescription,
  StepReport,
  TrainingRun,
} from "../engine.ts";
import { GradientGuard } from "../local/partial-gradient.ts";
import { readPointer, type SavedState, writePointer } from "./checkpoint-pointer.ts";
import { clientCapabilities } from "./client-capabilities.ts";
import { BatchLosses } from "./coefficient-loss.ts";
import { type ForwardContext, sendForward } from "./forward-requests.ts";
import { gradientInputs } from "./gradient-inputs.ts";
import { gradientReport } from "./gradient-report.ts";
import { HttpClient } from "./http-client.ts";
import { measuredReduction } from "./loss-reduction.ts";
import { missingFromPlain, type offeredSignals, temperatureConfig } from "./offered-signals.ts";
import { openServer } from "./open-server.ts";
import { unsentOfSampling, unsentOfScoring } from "./out-of-reach.ts";
import { parsed } from "./parsed.ts";
import { PolicySamplers } from "./policy-samplers.ts";
import { modelReference, type Reference, sampledReference, type WeightKeeper } from "./reference-weights.ts";
import { sendSamples } from "./sample-requests.ts";
import { sendScores } from "./score-requests.ts";
import { withScoredEntropies } from "./scored-entropies.ts";
import { TinkerSession } from "./session.ts";
import { clearGradient, prepared } from "./skyrl.ts";
import type { TinkerEngineOptions } from "./tinker-options.ts";
import { gradientNormOf, KEPT_SNAPSHOTS, pathAnswerSchema, stepAnswerSchema, toAdam } from "./wire.ts";
import { PromptEncoder } from "./wire-prompt.ts";

/**
 * Opens a session with a server and a model in it.
 *
 * @throws EngineError naming the call: no such server, another version, an unknown model, a wrong key
 * @throws ModelError when the directory of tokenizer and processor cannot be read
 */
export async function createTinkerEngine(options: TinkerEngineOptions): Promise<Engine> {
  const engine = new TinkerEngine(options);
  try {
    await engine.open();
  } catch (error) {
    await engine.close();
    throw error;
  }
  return engine;
}

class TinkerEngine implements Engine {
  readonly #options: TinkerEngineOptions;
  readonly #http: HttpClient;
  readonly #session: TinkerSession;
  readonly #encoder: PromptEncoder;
  #capabilities: ReadonlySet<Capability> = new Set();
  #server: ServerDescription | undefined;
  #baseModel = "";
  /** Whether the server speaks the extension. */
  #isExtended = false;
  /** Signals that its `forward` returns without it. */
  #offered: ReturnType<typeof offeredSignals> = new Set();
  readonly #samplers: PolicySamplers;
  #sampled = 0;
  #reference: Reference | undefined;
  #losses = new BatchLosses("sum");
  /** Of the gradient at the server. */
  readonly #guard = new GradientGuard();
  #keeper: WeightKeeper = "sampler";
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: TinkerEngineOptions) {
    this.#options = options;
    this.#http = new HttpClient(options);
    this.#session = new TinkerSession(this.#http, options);
    this.#samplers = new PolicySamplers(this.#session);
    this.#encoder = new PromptEncoder(options.model);
  }

  get capabilities(): ReadonlySet<Capability> {
    return this.#capabilities;
  }

  get server(): ServerDescription | undefined {
    return this.#server;
  }

  /** Asks the server what it can do, and makes the model. */
  async open(): Promise<void> {
    await this.#prepare();
    this.#http.opened();
  }

  async #prepare(): Promise<void> {
    const { baseModel, isExtended, offered, format, description } = await openServer(
      this.#http,
      this.#options,
    );
    this.#baseModel = baseModel;
    this.#isExtended = isExtended;
    this.#offered = offered;
    this.#server = description;
    this.#session.use(format);
    await this.#session.start();
    await this.#createModel();
    if (isExtended) return;
    const { lossReduction, loraRank = 0 } = this.#options;
    // A server that takes means trains adapters only.
    const measured = () => measuredReduction(this.#session, this.#encoder, description);
    const reduction = lossReduction ?? (loraRank === 0 ? "sum" : await measured());
    this.#losses = new BatchLosses(reduction);
    this.#keeper = await prepared({
      session: this.#session,
      encoder: this.#encoder,
      server: description,
      reduction,
      save: () => this.#saved("save_weights", "start"),
      renew: () => this.#createModel(),
    });
    this.#setCapabilities();
  }

  async #createModel(): Promise<void> {
    const extension = this.#isExtended ? { value_head: this.#options.valueHead ?? false } : undefined;
    await this.#session.createModel(this.#baseModel, extension);
    this.#setCapabilities();
    this.#losses.cleared();
    this.#guard.clear();
    this.#samplers.forget();
    this.#reference = undefined;
  }

  #setCapabilities(): void {
    const reported = this.#session.capabilities as Capability[];
    const all = new Set(this.#encoder.allowed(clientCapabilities(reported, this.#offered)));
    for (const needsKeeper of ["overlap", "reference"] as const) {
      if (this.#keeper === "none") all.delete(needsKeeper);
    }
    this.#capabilities = all;
  }

  sample(request: SampleRequest): Promise<Completion[][]> {
    return this.#inOrder(async () => this.#sampleFrom(await this.#samplers.present(), request));
  }

  sampler(): Promise<Sampler> {
    return this.#inOrder(async () => {
      const { sampler, release } =
        this.#keeper === "model"
          ? await this.#samplers.holdInModel(this.#baseModel, () => this.#saved("save_weights", "policy"))
          : await this.#samplers.hold();
      return { sample: (request) => this.#sampleFrom(sampler, request, true), release };
    });
  }

  async requireRoom({ staleness = 0 }: TrainingRun): Promise<void> {
    if (!this.#isExtended || staleness <= KEPT_SNAPSHOTS) return;
    throw new EngineError(
      `train.maxStaleness: expected at most ${KEPT_SNAPSHOTS}, as many earlier weights as ${this.#http.url} keeps to sample from, got ${staleness}`,
    );
  }

  async #sampleFrom(sampler: string, request: SampleRequest, isAhead = false): Promise<Completion[][]> {
    const { prompts, temperature, entropy } = request;
    const unsent = unsentOfSampling(request);
    if (unsent !== undefined) this.#refuse("asample", unsent);
    const isScored = entropy && !this.#isExtended;
    if (isScored && isAhead) this.#refuse("asample", "entropies of earlier weights");
    if (!this.#isExtended && temperature !== 0) this.#requireTemperature("asample", temperature);
    const first = this.#numbers(prompts.length);
    const groups = await sendSamples(this.#forwardContext(), { sampler, first }, request);
    return isScored ? withScoredEntropies((...given) => this.#score(...given), request, groups) : groups;
  }

  /** Takes so many numbers of sampling requests; the first of them. */
  #numbers(count: number): number {
    this.#sampled += count;
    return this.#sampled - count;
  }

  score(sequences: readonly Sequence[], request: ScoreRequest = {}): Promise<Score[]> {
    return this.#inOrder(() => this.#score(sequences, request));
  }

  async #score(given: readonly Sequence[], request: ScoreRequest): Promise<Score[]> {
    const { weights, temperature = 1, divergenceFrom } = request;
    const sequences = this.#viewed(given, request.image);
    const unsent = unsentOfScoring(request);
    if (unsent !== undefined) this.#refuse("forward", unsent);
    if (!this.#isExtended) {
      const missing = missingFromPlain(request, this.#offered);
      if (missing !== undefined) this.#refuse("forward", missing);
      this.#requireTemperature("forward", temperature);
      if (weights === "reference") {
        if (temperature !== 1) this.#refuse("forward", "reference weights at a temperature");
        if (this.#reference !== undefined) return this.#reference.score(sequences);
        throw new EngineError("score: reference weights were asked for, but none were set");
      }
    }
    const seconds = this.#isExtended || !divergenceFrom ? undefined : this.#viewed(given, divergenceFrom);
    return sendScores(this.#forwardContext(), sequences, request, seconds);
  }

  /** Sequences with their prompts' images ablated; as they are without an ablation. */
  #viewed(sequences: readonly Sequence[], image: ImageAblation | undefined): readonly Sequence[] {
    if (image === undefined) return sequences;
    requireCapability(this.#capabilities, ablationCapability(image), `images under ${image.kind}`);
    const ablated = new Map<Sequence["prompt"], Sequence["prompt"]>();
    return sequences.map(({ prompt, completion }) => {
      const own = ablated.get(prompt) ?? this.#encoder.ablated(prompt, image);
      ablated.set(prompt, own);
      return { prompt: own, completion };
    });
  }

  accumulate(
    sequences: readonly Sequence[],
    coefficients: readonly Float64Array[],
    options: AccumulateOptions = {},
  ): Promise<GradientReport> {
    return this.#inOrder(() => this.#accumulate(sequences, coefficients, options));
  }

  async #accumulate(
    given: readonly Sequence[],
    coefficients: readonly Float64Array[],
    options: AccumulateOptions,
  ): Promise<GradientReport> {
    const { temperature = 1, image, valueCoefficients, entropyCoefficients } = options;
    const sequences = this.#viewed(given, image);
    if (!this.#isExtended) {
      this.#requireTemperature("forward_backward", temperature);
      if (valueCoefficients) this.#refuse("forward_backward", "value head");
      if (entropyCoefficients) this.#refuse("forward_backward", "gradient of entropies");
      if (image?.kind === "mask-attention") this.#refuse("forward_backward", "gradient with hidden images");
      if (image?.kind === "replace-values") this.#refuse("forward_backward", "gradient with replaced values");
    }
    const filled = sequences.filter(({ completion }) => completion.length > 0);
    const { loss, inputs: inputsOf } = this.#losses.of(filled.length);
    const inputs = gradientInputs(sequences, inputsOf, coefficients, options);
    const isMeasured = this.#options.measureMismatch ?? true;
    const config = { ...loss.loss_fn_config, ...(this.#isExtended ? {} : temperatureConfig(temperature)) };
    const answers = await this.#guard.watch(() =>
      sendForward(
        this.#forwardContext(),
        "forward_backward",
        sequences,
        inputs,
        { temperature, logprobs: isMeasured },
        Object.keys(config).length === 0 ? loss : { ...loss, loss_fn_config: config },
      ),
    );
    return gradientReport(sequences, answers, isMeasured);
  }

  step(adam: AdamParameters): Promise<StepReport> {
    return this.#inOrder(async () => {
      const { fault } = this.#guard;
      if (fault !== undefined) {
        await this.#clearGradient();
        throw fault;
      }
      const answer = await this.#session.mutate("optim_step", { adam_params: toAdam(adam) });
      this.#samplers.moved();
      this.#losses.cleared();
      const done = parsed(stepAnswerSchema, answer, "optim_step");
      return {
        gradientNorm: gradientNormOf(done) ?? Number.NaN,
        applied: (done.metrics?.["applied"] ?? 1) === 1,
      };
    });
  }

  /** The protocol clears a gradient only with its model: the weights and the optimiser's state go to another. */
  async #clearGradient(): Promise<void> {
    const path = await this.#saved("save_weights", "state");
    const reference = this.#reference && { referencePath: this.#reference.path };
    await this.#loadState({ path, optimizer: true, ...reference });
  }

  setReference(): Promise<void> {
    return this.#inOrder(async () => {
      if (this.#isExtended) {
        await this.#session.mutate("fovea_set_reference", {});
        return;
      }
      const call = this.#keeper === "model" ? "save_weights" : "save_weights_for_sampler";
      this.#reference = await this.#referenceAt(await this.#saved(call, "reference"));
    });
  }

  #referenceAt(path: string): Promise<Reference> {
    return this.#keeper === "model"
      ? modelReference(this.#session, this.#baseModel, path, (sequences) => this.#score(sequences, {}))
      : sampledReference(this.#session, this.#encoder, path, (count) => this.#numbers(count));
  }

  save(directory: string, { optimizer = true }: SaveOptions = {}): Promise<void> {
    return this.#inOrder(async () => {
      requireWritableDirectory(directory);
      const path = await this.#saved("save_weights", "state");
      const samplerPath = optimizer ? undefined : await this.#saved("save_weights_for_sampler", "final");
      writePointer(directory, {
        version: 1,
        url: this.#http.url,
        baseModel: this.#baseModel,
        path,
        optimizer,
        ...(samplerPath !== undefined && { samplerPath }),
        ...(this.#reference && { referencePath: this.#reference.path }),
      });
    });
  }

  async #saved(call: "save_weights" | "save_weights_for_sampler", what: string): Promise<string> {
    const answer = await this.#session.save(call, () => ({ path: `${what}-${randomUUID()}` }));
    return parsed(pathAnswerSchema, answer, call).path;
  }

  load(directory: string): Promise<void> {
    return this.#inOrder(async () => {
      const pointer = readPointer(directory, this.#baseModel);
      if (this.#session.isLost) await this.#session.start();
      await this.#loadState(pointer);
    });
  }

  async #loadState({ path, optimizer, referencePath }: SavedState): Promise<void> {
    if (this.#keeper === "model" && this.#session.loadsFirst) {
      await this.#createModel();
      await clearGradient(this.#session);
    }
    // Servers load weights only as a model's first request.
    if (!this.#session.isModelFresh) await this.#createModel();
    if (this.#keeper === "model" && !this.#session.loadsFirst) await clearGradient(this.#session);
    await this.#session.mutate("load_weights", { path, optimizer });
    this.#samplers.moved();
    // A gradient that was added up before, whole or not, went with its weights.
    this.#losses.cleared();
    this.#guard.clear();
    if (referencePath !== undefined && !this.#isExtended) {
      this.#reference = await this.#referenceAt(referencePath);
    }
  }

  async close(): Promise<void> {
    await this.#session.close();
    this.#http.close();
  }

  #forwardContext(): ForwardContext {
    return {
      session: this.#session,
      encoder: this.#encoder,
      isExtended: this.#isExtended,
      maxBytes: this.#options.maxRequestBytes ?? 2 ** 26,
    };
  }

  /** Calls run one after another, as the contract has it. */
  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => {});
    return result;
  }

  #requireTemperature(call: string, temperature: number): void {
    if (temperature !== 1 && !this.#offered.has("temperature")) {
      throw new EngineError(
        `${call}: this server gives log-probs of temperature 1; expected sampling.temperature 1, got ${temperature}`,
      );
    }
  }

  #refuse(call: string, what: string): never {
    throw new EngineError(`${call}: ${this.#http.url} offers no ${what}`);
  }
}
