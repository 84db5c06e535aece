/**
 * @module
 * The open models: opening, resuming after a restart, and their limit.
 */
import type * as z from "zod";
import type { Engine, wire } from "../engine/index.ts";
import { errorText } from "../parts/index.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { type HostOptions, ModelHost } from "./model-host.ts";
import { type ModelPlace, type ModelRecord, ModelRecords } from "./model-records.ts";
import { PromptPool } from "./prompt-pool.ts";
import { Refusal } from "./refusal.ts";
import type { ServedModel } from "./served-model.ts";
import type { ServiceOptions } from "./service-options.ts";
import type { Sessions } from "./sessions.ts";
import type { StateDatabase } from "./state-database.ts";

const MINUTE = 60_000;

/** A model as it is to be opened. */
type NewModel = Omit<ModelRecord, "id" | "baseModel"> & { readonly served: ServedModel };

/** A model that could not be kept when the server ended. */
export interface LostModel {
  readonly id: string;
  readonly reason: string;
}

/** The objects that open models use. */
interface OpenModelsParts {
  readonly options: ServiceOptions;
  readonly database: StateDatabase;
  readonly sessions: Sessions;
  readonly checkpoints: Checkpoints;
  readonly onFault: HostOptions["onFault"];
}

export class OpenModels {
  readonly #options: ServiceOptions;
  readonly #sessions: Sessions;
  readonly #records: ModelRecords;
  readonly #checkpoints: Checkpoints;
  readonly #onFault: HostOptions["onFault"];
  readonly #hosts = new Map<string, ModelHost>();
  /** Suspended models whose base model is not served now, by id. */
  readonly #waiting = new Map<string, ModelRecord>();
  #opening = 0;

  constructor({ options, database, sessions, checkpoints, onFault }: OpenModelsParts) {
    this.#options = options;
    this.#sessions = sessions;
    this.#records = new ModelRecords(database);
    this.#checkpoints = checkpoints;
    this.#onFault = onFault;
  }

  /** Resumes suspended models; a model whose base model is not served stays suspended. */
  async resume(): Promise<void> {
    for (const model of this.#records.suspended()) {
      const served = this.#options.models.find(({ name }) => name === model.baseModel);
      if (served === undefined) {
        this.#waiting.set(model.id, model);
        continue;
      }
      const engine = await served.open({ lora: model.lora, valueHead: model.valueHead });
      await engine.load(this.#checkpoints.suspendedDirectory(model.id)).catch(async (error: unknown) => {
        await engine.close();
        throw error;
      });
      this.#add({ ...model, served, engine });
    }
  }

  /** Forgets suspended models that are neither open nor waiting for their base model. */
  noteResumed(): void {
    this.#records.resumed([...this.#hosts.keys()], [...this.#waiting.keys()]);
  }

  /** Suspended models whose base model is not served now. */
  get waiting(): readonly ModelRecord[] {
    return [...this.#waiting.values()];
  }

  /** Forgets the waiting models of a session that ended. */
  forgetWaiting(session: string): void {
    for (const { id } of this.waiting.filter((model) => model.session === session)) {
      this.#waiting.delete(id);
      this.#records.end(id);
      this.#checkpoints.dropSuspended(id);
    }
  }

  #add(about: NewModel & Partial<ModelPlace> & { readonly id: string; readonly engine: Engine }): void {
    const host = new ModelHost({
      ...about,
      pool: new PromptPool(about.served),
      gapLimitMs: this.#options.gapLimitMs ?? 5 * MINUTE,
      onFault: this.#onFault,
    });
    this.#hosts.set(host.id, host);
  }

  get all(): readonly ModelHost[] {
    return [...this.#hosts.values()];
  }

  find(id: string): ModelHost | undefined {
    return this.#hosts.get(id);
  }

  /** @throws Refusal when there is none; a sign of life of its session otherwise */
  get(id: string): ModelHost {
    const host = this.#hosts.get(id);
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) {
      throw new Refusal(
        "unknown-model",
        `model ${id}: it is suspended, since this server does not serve its base model ${waiting.baseModel}`,
      );
    }
    if (host === undefined) {
      throw new Refusal(
        "unknown-model",
        `no model ${id}: it was unloaded, or lost when its engine broke or the server ended`,
      );
    }
    this.#sessions.seen(host.session);
    return host;
  }

  /**
   * Fails where a request asks for a model that this server does not open.
   *
   * @throws Refusal
   */
  check({ model_role, optimizer_config }: z.output<typeof wire.newModelOptionsSchema>): void {
    const { maxModels = 4 } = this.#options;
    if (model_role === "critic")
      throw new Refusal("unsupported", "model_role: this server has no critics of their own");
    const { type: optimizer = "adamw" } = optimizer_config ?? {};
    if (optimizer !== "adamw") {
      throw new Refusal("unsupported", `optimizer_config.type: expected adamw, got ${optimizer}`);
    }
    if (this.#hosts.size + this.#opening >= maxModels) {
      throw new Refusal("too-many-models", `${maxModels} models are open; this server opens no more at once`);
    }
  }

  /**
   * Opens a model's engine and makes it ready; the session must still be there then.
   *
   * @throws Refusal when it is not
   */
  async open(
    id: string,
    about: NewModel,
    ready: (engine: Engine) => Promise<void> = async () => {},
  ): Promise<Engine> {
    const { session, served, lora, valueHead } = about;
    this.#opening += 1;
    try {
      const engine = await served.open({ lora, valueHead });
      try {
        await ready(engine);
        if (!this.#sessions.has(session)) {
          throw new Refusal("unknown-session", "the session ended while its model was being opened");
        }
        this.#records.add({ ...about, id, baseModel: served.name });
      } catch (error) {
        await engine.close();
        throw error;
      }
      this.#add({ ...about, id, engine });
      return engine;
    } finally {
      this.#opening -= 1;
    }
  }

  /** Ends a model; it will not be resumed. */
  async end(host: ModelHost, reason: Refusal): Promise<void> {
    this.#hosts.delete(host.id);
    this.#records.end(host.id);
    await host.close(reason);
  }

  /**
   * Suspends all models so that they can be resumed. A model that is busy or has a half-made gradient cannot be
   * suspended.
   *
   * @returns the models that are lost
   */
  async suspend(): Promise<LostModel[]> {
    const lost: LostModel[] = [];
    for (const host of this.all) {
      const reason = await this.#suspend(host);
      if (reason !== undefined) lost.push({ id: host.id, reason });
      this.#hosts.delete(host.id);
      await host.close(new Refusal("unknown-model", "the server is ending"));
    }
    return lost;
  }

  /** Suspends a model; why it cannot be, where it cannot. */
  async #suspend(host: ModelHost): Promise<string | undefined> {
    if (!host.isIdle) return "its requests did not end in time";
    if (host.hasGradient) return "its gradient waits for an optim_step, and only whole steps are kept";
    try {
      await this.#checkpoints.suspend(host);
      this.#records.suspend(host.id, host);
      return undefined;
    } catch (error) {
      return errorText(error);
    }
  }
}
