/**
 * @module
 * The packs of one flat array on a graphics adapter, and the way there and back.
 */
import { type Device, type DeviceArray, Graph, Program, type Shape } from "../../../tensor/index.ts";

/** Packs by name, each in a buffer of the device. */
export class ResidentPacks {
  readonly #arrays: Map<string, DeviceArray>;

  constructor(arrays: Readonly<Record<string, DeviceArray>>) {
    this.#arrays = new Map(Object.entries(arrays));
  }

  get(pack: string): DeviceArray {
    return this.#arrays.get(pack)!;
  }

  get all(): Record<string, DeviceArray> {
    return Object.fromEntries(this.#arrays);
  }

  /** Puts new numbers in place of a pack's, and frees those. */
  put(pack: string, array: DeviceArray): void {
    this.#arrays.get(pack)?.dispose();
    this.#arrays.set(pack, array);
  }

  dispose(): void {
    for (const array of this.#arrays.values()) array.dispose();
    this.#arrays.clear();
  }
}

/** A model's numbers that lie on a device, as programs read them. */
export interface ResidentNumbers {
  /** The packs that a program's inputs name, of one flat array. */
  feeds(packs: Iterable<string>, source: Float32Array): Record<string, DeviceArray>;
  /** The accumulated gradient of each trained pack. */
  gradient(): Promise<ResidentPacks>;
}

/** Moves packs of these shapes between the process and the device, all of them in one run. */
export class PackTransfer {
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #device: Device;
  #up: Promise<Program> | undefined;
  #down: Promise<Program> | undefined;
  #zeros: Promise<Program> | undefined;

  constructor(shapes: ReadonlyMap<string, Shape>, device: Device) {
    this.#shapes = shapes;
    this.#device = device;
  }

  /** @param numbers of each pack */
  async upload(numbers: (pack: string) => Float32Array): Promise<ResidentPacks> {
    this.#up ??= this.#copies([...this.#shapes.keys()]);
    const program = await this.#up;
    const feeds = Object.fromEntries([...this.#shapes.keys()].map((pack) => [pack, numbers(pack)]));
    return new ResidentPacks((await program.runThere(feeds)).device);
  }

  /** @param into where the numbers of each pack go */
  async download(packs: ResidentPacks, into: (pack: string) => Float32Array): Promise<void> {
    this.#down ??= this.#copies([]);
    const program = await this.#down;
    const targets = Object.fromEntries([...this.#shapes.keys()].map((pack) => [pack, into(pack)]));
    await program.run(packs.all, targets);
  }

  async zeros(): Promise<ResidentPacks> {
    this.#zeros ??= this.#zeroProgram();
    const program = await this.#zeros;
    return new ResidentPacks((await program.runThere({ zero: Float32Array.of(0) })).device);
  }

  async release(): Promise<void> {
    for (const program of [this.#up, this.#down, this.#zeros]) await (await program)?.release();
  }

  #copies(resident: readonly string[]): Promise<Program> {
    const graph = new Graph();
    const tensors = [...this.#shapes].map(([pack, shape]) => [pack, graph.input(pack, shape)] as const);
    return Program.compile(graph, Object.fromEntries(tensors), { device: this.#device, resident });
  }

  /** The zero is fed, since constants of the weights' size would be part of the program. */
  #zeroProgram(): Promise<Program> {
    const graph = new Graph();
    const zero = graph.input("zero", [1]);
    const tensors = [...this.#shapes].map(([pack, shape]) => [
      pack,
      graph.single("Expand", [zero, graph.integers(shape)], shape),
    ]);
    const resident = [...this.#shapes.keys()];
    return Program.compile(graph, Object.fromEntries(tensors), { device: this.#device, resident });
  }
}
