import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ConfigError } from "../../errors/index.ts";
import { isHubReference, parseHubReference } from "./hub-reference.ts";
import { hubSettings } from "./hub-settings.ts";

const home = mkdtempSync(join(tmpdir(), "fovea-hub-home-"));
afterAll(() => rmSync(home, { recursive: true }));

describe("hubSettings", () => {
  test("are huggingface.co and ~/.cache/huggingface in an empty environment", () => {
    expect(hubSettings({ HF_TOKEN_PATH: join(home, "none") })).toEqual({
      endpoint: "https://huggingface.co",
      cache: join(homedir(), ".cache/huggingface/hub"),
      offline: false,
    });
  });

  test.each<[why: string, environment: Record<string, string>, cache: string]>([
    ["XDG_CACHE_HOME", { XDG_CACHE_HOME: "/x" }, "/x/huggingface/hub"],
    ["HF_HOME before it", { XDG_CACHE_HOME: "/x", HF_HOME: "/h" }, "/h/hub"],
    ["HUGGINGFACE_HUB_CACHE before that", { HF_HOME: "/h", HUGGINGFACE_HUB_CACHE: "/c" }, "/c"],
    ["HF_HUB_CACHE first of all", { HUGGINGFACE_HUB_CACHE: "/c", HF_HUB_CACHE: "/d" }, "/d"],
    ["a home of one's own", { HF_HOME: "~/hf" }, join(homedir(), "hf/hub")],
    ["no empty variable", { HF_HUB_CACHE: "", HF_HOME: "/h" }, "/h/hub"],
  ])("the cache follows %s", (_, environment, cache) => {
    expect(hubSettings(environment).cache).toBe(cache);
  });

  test("the token is that of HF_TOKEN, of the old variable, of a file", () => {
    writeFileSync(join(home, "token"), "hf_file\n");
    writeFileSync(join(home, "other"), "hf_other");
    const token = (environment: Record<string, string>) => hubSettings(environment).token;
    expect(token({ HF_HOME: home })).toBe("hf_file");
    expect(token({ HF_HOME: home, HF_TOKEN_PATH: join(home, "other") })).toBe("hf_other");
    expect(token({ HF_HOME: home, HUGGING_FACE_HUB_TOKEN: "hf_old" })).toBe("hf_old");
    expect(token({ HF_HOME: home, HUGGING_FACE_HUB_TOKEN: "hf_old", HF_TOKEN: "hf_new" })).toBe("hf_new");
    expect(token({ HF_HOME: join(home, "none") })).toBeUndefined();
  });

  test.each([
    [{ HF_HUB_OFFLINE: "1" }, true],
    [{ TRANSFORMERS_OFFLINE: "Yes" }, true],
    [{ HF_HUB_OFFLINE: "0" }, false],
    [{ HF_HUB_OFFLINE: "" }, false],
  ])("%o is offline: %s", (environment, offline) => {
    expect(hubSettings(environment).offline).toBe(offline);
  });

  test("the endpoint may be a mirror", () => {
    expect(hubSettings({ HF_ENDPOINT: "https://mirror.example/" }).endpoint).toBe("https://mirror.example");
  });
});

describe("parseHubReference", () => {
  test.each([
    ["Qwen/Qwen2.5-VL-3B-Instruct", "Qwen/Qwen2.5-VL-3B-Instruct", "main"],
    ["org/name@v1.0", "org/name", "v1.0"],
    ["org/name@refs/pr/1", "org/name", "refs/pr/1"],
  ])("%s is %s at %s", (text, name, revision) => {
    expect(parseHubReference(text)).toEqual({ type: "model", name, revision });
  });

  test.each([
    "name",
    "/org/name",
    "./org",
    "../org/name",
    "a/b/c",
    "org/name@",
    "org/name@../x",
    "org/..",
    "org/name@a//b",
    "~/model",
    "org/na me",
  ])("%s is not a reference", (text) => {
    expect(isHubReference(text)).toBe(false);
    expect(() => parseHubReference(text)).toThrow(ConfigError);
  });
});
