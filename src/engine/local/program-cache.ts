/**
 * @module
 * Compiled programs by the shape they were compiled for; those used longest ago are released, where there are too many
 * or they keep too much memory.
 */
import { type Device, type Graph, Program, type ProgramOptions, type Tensor } from "../../tensor/index.ts";

/** A program, or several that are kept together, with what its builder wants to remember of it. */
export interface Compiled {
  readonly program: Pick<Program, "workingBytes" | "release">;
}

export class ProgramCache {
  readonly #capacity: number;
  readonly #options: ProgramOptions;
  readonly #bytes: () => number;
  readonly #programs = new Map<string, Compiled>();
  readonly #inUse = new Set<Compiled>();

  /**
   * @param options with which every program is compiled
   * @param bytes that programs may keep at present; the program that is asked for is kept even above the limit
   */
  constructor(
    capacity: number,
    options: ProgramOptions,
    bytes: () => number = () => Number.POSITIVE_INFINITY,
  ) {
    this.#capacity = capacity;
    this.#options = options;
    this.#bytes = bytes;
  }

  /** Where the programs run. */
  get device(): Device {
    return this.#options.device ?? "cpu";
  }

  /**
   * Compiles a program for `get`.
   *
   * @param given tensors that its runs are fed in place of what they are made of
   * @param resident outputs that stay on the device
   */
  compile(
    graph: Graph,
    outputs: Readonly<Record<string, Tensor>>,
    { given = [], resident = [] }: { given?: readonly Tensor[]; resident?: readonly string[] } = {},
  ): Promise<Program> {
    return Program.compile(graph, outputs, { ...this.#options, given, resident });
  }

  /** The program of this key, compiled at first use. */
  async get<T extends Compiled>(key: string, compile: () => Promise<T>): Promise<T> {
    const known = this.#programs.get(key) as T | undefined;
    if (known !== undefined) {
      this.#programs.delete(key);
      this.#programs.set(key, known);
      return known;
    }
    const compiled = await compile();
    this.#programs.set(key, compiled);
    await this.#release(compiled);
    return compiled;
  }

  /** Runs work with the program of a key. The program is kept meanwhile, even if the work asks for others. */
  async use<T extends Compiled, R>(
    key: string,
    compile: () => Promise<T>,
    work: (compiled: T) => Promise<R>,
  ): Promise<R> {
    const compiled = await this.get(key, compile);
    this.#inUse.add(compiled);
    try {
      return await work(compiled);
    } finally {
      this.#inUse.delete(compiled);
    }
  }

  /** Releases programs above the limit, except for one and for all in use. */
  async #release(kept: Compiled): Promise<void> {
    let bytes = [...this.#programs.values()].reduce((sum, { program }) => sum + program.workingBytes, 0);
    for (const [oldest, compiled] of this.#programs) {
      if (this.#programs.size <= this.#capacity && bytes <= this.#bytes()) break;
      if (compiled === kept || this.#inUse.has(compiled)) continue;
      bytes -= compiled.program.workingBytes;
      this.#programs.delete(oldest);
      await compiled.program.release();
    }
  }

  async clear(): Promise<void> {
    const programs = [...this.#programs.values()];
    this.#programs.clear();
    await Promise.all(programs.map(({ program }) => program.release()));
  }
}
