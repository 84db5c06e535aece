/**
 * @module
 * The parts of a run that the viewer may open. A run directory may come from anybody, and its configuration may name any
 * file as a module. So a module is loaded only from a directory that the user named with `--data`; that it lies in the
 * run's own directory is not enough. A judge would send the user's API key to a server that the run names, so none is asked.
 */
import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import type { Config } from "../../config/index.ts";
import { RunError } from "../../errors/index.ts";
import { isWithin } from "../runs/contained-path.ts";

/** The parts of a run that the viewer opens. */
type OpenedPart = "task" | "prompt" | "verdict" | "credit";

type Module = Extract<Config["data"], { readonly kind: "module" }>;

function moduleOf(config: Config, part: OpenedPart): Module | undefined {
  if (part === "prompt") return config.prompt.module;
  const own = part === "task" ? config.data : config[part];
  return own.kind === "module" ? own : undefined;
}

function withModule(config: Config, part: OpenedPart, module: Module): Config {
  switch (part) {
    case "task":
      return { ...config, data: module };
    case "prompt":
      return { ...config, prompt: { ...config.prompt, module } };
    case "verdict":
      return { ...config, verdict: module };
    case "credit":
      return { ...config, credit: module };
  }
}

/** The directories that the user named, and what may be opened in them. */
export class PermittedParts {
  readonly #directories: readonly string[];

  /** @param directories that the user named */
  constructor(directories: readonly string[]) {
    this.#directories = directories;
  }

  /**
   * The configuration, of which a part may be opened: its module, where it is one, is named by its real path, so that a
   * link cannot lead it to other neighbours.
   *
   * @throws RunError when the part is code from elsewhere, and says how to allow it; or when it asks a server
   */
  async permit(config: Config, part: OpenedPart): Promise<Config> {
    if (part === "verdict" && config.verdict.kind === "judge") {
      throw new RunError("verdict judge: asks a server that the run names, which the viewer never does");
    }
    const module = moduleOf(config, part);
    if (module === undefined) return config;
    const path = await this.#inside(module.module, this.#directories);
    if (path !== undefined) return withModule(config, part, { ...module, module: path });
    throw new RunError(
      `${part} ${module.module}: is code, which the viewer runs only from a directory that you name; ` +
        `if you trust it, start again with --data ${dirname(module.module)}`,
    );
  }

  /**
   * Requires that a file of a run lies in the run's directory, or in one that the user named.
   *
   * @throws RunError when it does not; it says how to allow it
   */
  async requireFile(run: { readonly path: string }, named: string): Promise<void> {
    if ((await this.#inside(named, [run.path, ...this.#directories])) !== undefined) return;
    throw new RunError(`${named}: is not in the run directory; name its directory with --data to open it`);
  }

  /** The real path of a file in one of the directories; undefined where it lies elsewhere. */
  async #inside(named: string, directories: readonly string[]): Promise<string | undefined> {
    const path = await realpath(named).catch((cause: Error) => {
      throw new RunError(`${named}: ${cause.message}`, { cause });
    });
    for (const directory of directories) {
      const root = await realpath(directory).catch(() => undefined);
      if (root !== undefined && isWithin(root, path)) return path;
    }
    return undefined;
  }
}
