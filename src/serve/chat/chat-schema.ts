/**
 * @module
 * The body of a chat completion: what it may hold, and which field a refusal names.
 */
import * as z from "zod";
import { ChatRefusal } from "./chat-refusal.ts";
import { LEFT_ALONE, NOT_DONE, only } from "./not-done.ts";

/** As many as OpenAI's API takes. */
const MAX_CHOICES = 128;
const MAX_TOP_LOGPROBS = 20;
const MAX_STOPS = 16;
const MAX_MESSAGES = 4096;
const MAX_PARTS = 1024;
/** Dividing by less, logits leave single precision; 0 is greedy. */
const LEAST_TEMPERATURE = 1e-3;

const textPart = z.strictObject({ type: z.literal("text"), text: z.string() });
const imagePart = z.strictObject({
  type: z.literal("image_url"),
  image_url: z.preprocess(
    (value) => (typeof value === "string" ? { url: value } : value),
    // Images are seen at the size that the model's own processor gives them.
    z.strictObject({ url: z.string(), detail: only("auto", "high") }),
  ),
});

/** A text is a list of one part. */
const asParts = (content: unknown) =>
  typeof content === "string" ? [{ type: "text", text: content }] : content;
const texts = z.preprocess(asParts, z.array(textPart).min(1).max(MAX_PARTS));
const parts = z.preprocess(
  asParts,
  z
    .array(z.discriminatedUnion("type", [textPart, imagePart]))
    .min(1)
    .max(MAX_PARTS),
);

const name = only();
const messageSchema = z.discriminatedUnion("role", [
  z.strictObject({ role: z.enum(["system", "developer"]), content: texts, name }),
  z.strictObject({ role: z.literal("user"), content: parts, name }),
  // With the fields of an answer that is sent back as it came.
  z.strictObject({
    role: z.literal("assistant"),
    content: texts,
    name,
    annotations: only([]),
    audio: only(),
    function_call: only(),
    refusal: only(),
    tool_calls: only([]),
  }),
]);

/** A message as it was sent. */
export type ChatBodyMessage = z.output<typeof messageSchema>;

const tokenLimit = z.int().min(1).nullish();

const chatBodySchema = z.strictObject({
  model: z.string().min(1),
  messages: z.array(messageSchema).min(1).max(MAX_MESSAGES),
  temperature: z
    .number()
    .min(0)
    .max(2)
    .refine((value) => value === 0 || value >= LEAST_TEMPERATURE, {
      error: `expected 0 or at least ${LEAST_TEMPERATURE}`,
    })
    .nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  top_k: z.int().min(-1).nullish(),
  max_tokens: tokenLimit,
  max_completion_tokens: tokenLimit,
  n: z.int().min(1).max(MAX_CHOICES).nullish(),
  seed: z.int().nullish(),
  stop: z
    .preprocess(
      (value) => (typeof value === "string" ? [value] : value),
      z.array(z.string().min(1)).max(MAX_STOPS).nullish(),
    )
    .optional(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(MAX_TOP_LOGPROBS).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z
    .strictObject({ include_usage: z.boolean().nullish(), include_obfuscation: only(false) })
    .nullish(),
  return_token_ids: z.boolean().nullish(),
  ...NOT_DONE,
  ...LEFT_ALONE,
});

export type ChatBody = z.output<typeof chatBodySchema>;

/** A path as OpenAI's errors write it: `messages[0].content`. */
function paramOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((written, key) => {
    if (typeof key === "number") return `${written}[${key}]`;
    return written === "" ? String(key) : `${written}.${String(key)}`;
  }, "");
}

function refusalOf(issue: z.core.$ZodIssue): ChatRefusal {
  if (issue.code === "unrecognized_keys") {
    const param = paramOf([...issue.path, issue.keys[0]!]);
    return new ChatRefusal(`${param}: this server does not know this field`, {
      param,
      code: "unknown_parameter",
    });
  }
  const param = paramOf(issue.path);
  const own = issue.code === "custom" ? (issue.params?.["code"] as string | undefined) : undefined;
  const code = own ?? (issue.code === "invalid_type" ? "invalid_type" : "invalid_value");
  const message = issue.code === "invalid_union" ? unionMessage(param) : issue.message;
  return new ChatRefusal(`${param === "" ? "body" : param}: ${message}`, {
    ...(param !== "" && { param }),
    code,
  });
}

/** The expected values of a field with several kinds: messages by their role, parts by their type. */
function unionMessage(param: string): string {
  return param.endsWith("role")
    ? "expected system, developer, user or assistant"
    : 'expected "text" or "image_url"';
}

/**
 * Reads a body.
 *
 * @throws ChatRefusal naming the field
 */
export function readChatBody(json: unknown): ChatBody {
  const result = chatBodySchema.safeParse(json);
  if (!result.success) throw refusalOf(result.error.issues[0]!);
  const body = result.data;
  const { max_tokens: older, max_completion_tokens: newer } = body;
  if (older != null && newer != null && older !== newer) {
    throw new ChatRefusal(`max_tokens: expected the value of max_completion_tokens, ${newer}, got ${older}`, {
      param: "max_tokens",
      code: "invalid_value",
    });
  }
  if ((body.top_logprobs ?? 0) > 0 && body.logprobs !== true) {
    throw new ChatRefusal("top_logprobs: expected logprobs to be true beside it", {
      param: "top_logprobs",
      code: "invalid_value",
    });
  }
  if (body.stream_options != null && body.stream !== true) {
    throw new ChatRefusal("stream_options: expected stream to be true beside it", {
      param: "stream_options",
      code: "invalid_value",
    });
  }
  return body;
}
