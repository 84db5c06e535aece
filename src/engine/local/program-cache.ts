/**
 * @module
 * Compiled programs by the shape they were compiled for; those used longest ago are released.
 */
import { type Graph, Program, type ProgramOptions, type Tensor } from "../../tensor/index.ts";

/** A program with what its builder wants to remember of it. */
export interface Compiled {
  readonly program: Program;
}

export class ProgramCache {
  readonly #capacity: number;
  readonly #options: ProgramOptions;
  readonly #programs = new Map<string, Compiled>();

  /** @param options what every program is compiled with */
  constructor(capacity: number, options: ProgramOptions) {
    this.#capacity = capacity;
    this.#options = options;
  }

  /** Compiles a program for `get`. */
  compile(graph: Graph, outputs: Readonly<Record<string, Tensor>>): Promise<Program> {
    return Program.compile(graph, outputs, this.#options);
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
    for (const [oldest, { program }] of this.#programs) {
      if (this.#programs.size <= this.#capacity) {
        break;
      }
      this.#programs.delete(oldest);
      await program.release();
    }
    return compiled;
  }

  async clear(): Promise<void> {
    const programs = [...this.#programs.values()];
    this.#programs.clear();
    await Promise.all(programs.map(({ program }) => program.release()));
  }
}
