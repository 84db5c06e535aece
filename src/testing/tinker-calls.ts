/**
 * @module
 * The Tinker protocol by hand, for tests that send what no client would.
 */

/** An answer with its status. */
export interface RawAnswer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

/** Sends one call; a body that is a text is sent as it is. */
export async function call(
  url: string,
  name: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const response = await fetch(`${url}/api/v1/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

/** Waits for a result. */
export async function result(url: string, request: RawAnswer): Promise<Record<string, unknown>> {
  for (;;) {
    const { status, json } = await call(url, "retrieve_future", { request_id: request.json["request_id"] });
    if (status !== 408) return json;
  }
}

/** A session with a model in it. */
export async function rawModel(url: string): Promise<{ readonly session: string; readonly model: string }> {
  const session = String(
    (await call(url, "create_session", { tags: [], user_metadata: {}, sdk_version: "test" })).json[
      "session_id"
    ],
  );
  const created = await call(url, "create_model", {
    session_id: session,
    model_seq_id: 0,
    base_model: "digits",
  });
  const { model_id: model, error } = await result(url, created);
  if (error !== undefined) throw new Error(JSON.stringify(error));
  return { session, model: String(model) };
}

/** Data of one text: log-probs of each token after the first, with these weights. */
export function rawDatum(
  tokens: readonly number[],
  inputs: Readonly<Record<string, readonly number[]>>,
): object {
  return {
    model_input: { chunks: [{ type: "encoded_text", tokens: tokens.slice(0, -1) }] },
    loss_fn_inputs: Object.fromEntries(
      Object.entries({ target_tokens: tokens.slice(1), ...inputs }).map(([name, data]) => [name, { data }]),
    ),
  };
}
