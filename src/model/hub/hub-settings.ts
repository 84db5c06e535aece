/**
 * @module
 * The address of the Hugging Face Hub, its cache and the user's token. They come from the environment variables and
 * files that Python's huggingface_hub reads, so that both share one cache and one login.
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Everything about the hub that a user sets outside of a command. */
export interface HubSettings {
  /** `HF_ENDPOINT`; https://huggingface.co unless given. */
  readonly endpoint: string;
  /** `HF_HUB_CACHE` or `HUGGINGFACE_HUB_CACHE`; `$HF_HOME/hub` unless given, and that in `~/.cache/huggingface`. */
  readonly cache: string;
  /** `HF_TOKEN` or `HUGGING_FACE_HUB_TOKEN`, or what the file `HF_TOKEN_PATH`, else `$HF_HOME/token`, holds. */
  readonly token?: string;
  /** `HF_HUB_OFFLINE` or `TRANSFORMERS_OFFLINE` is 1, on, yes or true: nothing is asked of the hub. */
  readonly offline: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings of an environment; variables that are set but empty count as unset. */
export function hubSettings(environment: Environment = process.env): HubSettings {
  const first = (...names: string[]) => names.map((name) => environment[name]?.trim()).find((value) => value);
  const home = expandUser(
    first("HF_HOME") ?? join(first("XDG_CACHE_HOME") ?? join(homedir(), ".cache"), "huggingface"),
  );
  const token =
    first("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN") ??
    tokenIn(expandUser(first("HF_TOKEN_PATH") ?? join(home, "token")));
  const isSet = (name: string) => /^(1|on|yes|true)$/i.test(first(name) ?? "");
  return {
    endpoint: (first("HF_ENDPOINT") ?? "https://huggingface.co").replace(/\/+$/, ""),
    cache: expandUser(first("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE") ?? join(home, "hub")),
    ...(token === undefined ? {} : { token }),
    offline: isSet("HF_HUB_OFFLINE") || isSet("TRANSFORMERS_OFFLINE"),
  };
}

function expandUser(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}

/** A login that is missing or cannot be read counts as no login: most repositories are public. */
function tokenIn(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}
