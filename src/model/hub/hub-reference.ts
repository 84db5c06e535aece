/**
 * @module
 * A repository of the Hugging Face Hub by name: `org/name` or `org/name@revision`.
 */
import { ConfigError } from "../../errors/index.ts";

export interface HubReference {
  readonly type: "model" | "dataset";
  /** `org/name` */
  readonly name: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

const PART = "[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?";
const REFERENCE = new RegExp(`^(${PART}/${PART})(?:@(.+))?$`);

/** Whether a text has the form of a reference, `org/name[@revision]`; a relative path of two parts has it too. */
export function isHubReference(text: string): boolean {
  const match = REFERENCE.exec(text);
  return match !== null && !text.includes("..") && isRevision(match[2] ?? "main");
}

/**
 * Reads `org/name[@revision]`; the revision is `main` unless given.
 *
 * @throws ConfigError when the text is of another form
 */
export function parseHubReference(text: string, type: HubReference["type"] = "model"): HubReference {
  const [, name, revision = "main"] = REFERENCE.exec(text) ?? [];
  if (name === undefined || !isHubReference(text)) {
    throw new ConfigError(`expected org/name or org/name@revision of the Hugging Face Hub, got "${text}"`);
  }
  return { type, name, revision };
}

/** Revisions become file names under refs/. */
function isRevision(text: string): boolean {
  return /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/.test(text) && !/(^|\/)\.{1,2}(\/|$)/.test(text);
}
