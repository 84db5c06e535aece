/**
 * @module
 * A model's numbers on a graphics adapter: weights, the frozen reference, the accumulated gradient and AdamW's moments. They
 * stay there from step to step. The store's arrays hold what was read last or brought home last.
 */
import { EngineError } from "../../../errors/index.ts";
import { type Device, type DeviceArray, type Feeds, Program, type Shape } from "../../../tensor/index.ts";
import type { AdamParameters, StepReport } from "../../engine.ts";
import type { AdamW } from "../weights/adamw.ts";
import type { ParameterStore } from "../weights/parameter-store.ts";
import { adamGraph, adamNumbers, squareSumGraph } from "./adam-graph.ts";
import { PackTransfer, type ResidentNumbers, type ResidentPacks } from "./resident-packs.ts";

export class DeviceParameters implements ResidentNumbers {
  readonly #store: ParameterStore;
  readonly #adam: AdamW;
  readonly #device: Device;
  readonly #trained: PackTransfer;
  readonly #frozen: PackTransfer;
  readonly #trainedShapes: ReadonlyMap<string, Shape>;
  readonly #steps = new Map<string, Promise<Program>>();
  #norm: Promise<Program> | undefined;
  /** Trained packs by the flat array that they were uploaded from. */
  readonly #packs = new Map<Float32Array, ResidentPacks>();
  #frozenPacks: ResidentPacks | undefined;
  #gradient: ResidentPacks | undefined;
  #moments: { readonly first: ResidentPacks; readonly second: ResidentPacks } | undefined;
  /** Whether weights and moments are newer here than in the store. */
  #isAhead = false;

  constructor(store: ParameterStore, adam: AdamW, device: Device) {
    this.#store = store;
    this.#adam = adam;
    this.#device = device;
    const shapes = (isFrozen: boolean) =>
      new Map(
        [...store.layout.packs].flatMap(([pack, view]) =>
          view.isFrozen === isFrozen ? [[pack, view.shape]] : [],
        ),
      );
    this.#trainedShapes = shapes(false);
    this.#trained = new PackTransfer(this.#trainedShapes, device);
    this.#frozen = new PackTransfer(shapes(true), device);
  }

  /** Uploads what is not there yet. */
  async prepare(source: Float32Array): Promise<void> {
    if (this.#frozenPacks === undefined && this.#store.layout.frozenSize > 0) {
      this.#frozenPacks = await this.#frozen.upload((pack) => this.#store.view(source, pack));
    }
    if (this.#packs.has(source)) return;
    for (const [other, packs] of this.#packs) {
      if (other === this.#store.weights || other === this.#store.reference) continue;
      packs.dispose();
      this.#packs.delete(other);
    }
    this.#packs.set(source, await this.#trained.upload((pack) => this.#store.view(source, pack)));
  }

  /**
   * The packs that a program's inputs name.
   *
   * @throws EngineError where `prepare` was not called
   */
  feeds(packs: Iterable<string>, source: Float32Array): Record<string, DeviceArray> {
    const own = this.#packs.get(source);
    if (own === undefined) throw new EngineError(`${this.#device}: expected uploaded weights, got none`);
    const isFrozen = (pack: string) => this.#store.layout.packs.get(pack)!.isFrozen;
    return Object.fromEntries(
      [...packs].map((pack) => [pack, isFrozen(pack) ? this.#frozenPacks!.get(pack) : own.get(pack)]),
    );
  }

  /** The accumulated gradient of each pack, zeros after a step. */
  async gradient(): Promise<ResidentPacks> {
    this.#gradient ??= await this.#trained.zeros();
    return this.#gradient;
  }

  /** L2 norm of the accumulated gradient; infinite where it exceeds 1e19, whose square single precision does not hold. */
  async gradientNorm(): Promise<number> {
    this.#norm ??= this.#normProgram();
    const { total } = await (await this.#norm).run((await this.gradient()).all);
    return Math.sqrt(total![0]!);
  }

  /** Clips, applies AdamW and clears the gradient; keeps the weights where the gradient is not finite. */
  async step(adam: AdamParameters): Promise<StepReport> {
    const { weights } = this.#store;
    await this.prepare(weights);
    const norm = await this.gradientNorm();
    const applied = Number.isFinite(norm);
    if (applied) {
      const { maxGradientNorm } = adam;
      const scale = maxGradientNorm > 0 && norm > maxGradientNorm ? maxGradientNorm / norm : 1;
      this.#adam.steps++;
      await this.#apply(adamNumbers(adam, this.#adam.steps, scale));
      this.#store.version++;
      this.#isAhead = true;
    }
    this.clearGradient();
    return { gradientNorm: norm, applied };
  }

  clearGradient(): void {
    this.#gradient?.dispose();
    this.#gradient = undefined;
  }

  /** Brings weights and moments up to date in the store's and the optimiser's arrays, and the gradient if there is one. */
  async bringHome(): Promise<void> {
    const { weights, gradient } = this.#store;
    if (this.#gradient !== undefined) await this.#bring(this.#gradient, gradient);
    if (!this.#isAhead) return;
    await this.#bring(this.#packs.get(weights)!, weights);
    await this.#bring(this.#moments!.first, this.#adam.firstMoment);
    await this.#bring(this.#moments!.second, this.#adam.secondMoment);
    this.#isAhead = false;
  }

  /** Drops all of it: the store has other numbers now. */
  forget(): void {
    for (const packs of [...this.#packs.values(), this.#moments?.first, this.#moments?.second])
      packs?.dispose();
    this.#packs.clear();
    this.#moments = undefined;
    this.#isAhead = false;
    this.clearGradient();
  }

  async release(): Promise<void> {
    this.forget();
    this.#frozenPacks?.dispose();
    for (const program of [...this.#steps.values(), this.#norm]) await (await program)?.release();
    await this.#trained.release();
    await this.#frozen.release();
  }

  /** Pack by pack, so that old and new numbers of one pack alone are held at once. */
  async #apply(numbers: Feeds): Promise<void> {
    const store = this.#store;
    this.#moments ??= {
      first: await this.#trained.upload((pack) => store.view(this.#adam.firstMoment, pack)),
      second: await this.#trained.upload((pack) => store.view(this.#adam.secondMoment, pack)),
    };
    const { first, second } = this.#moments;
    const weights = this.#packs.get(store.weights)!;
    const gradient = await this.gradient();
    for (const [pack, shape] of this.#trainedShapes) {
      const program = await this.#stepProgram(shape);
      const own = {
        weight: weights.get(pack),
        gradient: gradient.get(pack),
        first: first.get(pack),
        second: second.get(pack),
      };
      const { device } = await program.runThere({ ...numbers, ...own });
      weights.put(pack, device["weight"]!);
      first.put(pack, device["first"]!);
      second.put(pack, device["second"]!);
    }
  }

  #bring(packs: ResidentPacks, flat: Float32Array): Promise<void> {
    return this.#trained.download(packs, (pack) => this.#store.view(flat, pack));
  }

  #stepProgram(shape: Shape): Promise<Program> {
    const key = shape.join("x");
    let program = this.#steps.get(key);
    if (program === undefined) {
      const { graph, outputs } = adamGraph(shape);
      const resident = Object.keys(outputs);
      program = Program.compile(graph, { ...outputs }, { device: this.#device, resident });
      this.#steps.set(key, program);
    }
    return program;
  }

  #normProgram(): Promise<Program> {
    const { graph, total } = squareSumGraph(this.#trainedShapes);
    return Program.compile(graph, { total }, { device: this.#device });
  }
}
