/**
 * @module
 * An answer token by token, while it comes: roles, attention over the pictures, and one token looked into.
 */
import type { TokenRole } from "../../../src/credit/method.ts";
import { numberText, percentText } from "../../../src/view/number-text.ts";
import type { TokenPaint } from "../../../src/view/token-paint.ts";
import { go, param } from "../address.ts";
import { NumberTable } from "../number-table.tsx";
import type { PaintChoice } from "../paint-choice.ts";
import { PaintSelect } from "../paint-select.tsx";
import { Frame } from "../problem-view.tsx";
import { SequenceChart } from "../sequence-chart.tsx";
import { shownToken, TokenStrip } from "../token-strip.tsx";
import { answer, hasAttention, progress, roles } from "./answer-state.ts";
import { type LiveAnswer, type LiveRoles, pictureAttention } from "./live-answer.ts";
import { pictures } from "./pictures-state.ts";

const tokenKey = param("token");
const paintKey = param("paint");

interface Shown {
  readonly shown: LiveAnswer;
  readonly signals: LiveRoles | undefined;
}

/** The open token of the answer. */
export function openAnswerToken(): number | undefined {
  const token = Number.parseInt(tokenKey.value, 10);
  return token >= 0 && token < (answer.value?.tokens.length ?? 0) ? token : undefined;
}

function paints({ shown, signals }: Shown) {
  const plain = (values: ArrayLike<number>): TokenPaint => ({
    values: Array.from(values),
    isSigned: false,
    sign: 0,
  });
  const choices: PaintChoice[] = [];
  if (signals !== undefined) {
    choices.push(
      { id: "", name: "credit weight by DyCo-RL", paint: plain(signals.weights) },
      { id: "image", name: "attention on the image", paint: plain(signals.visualMass) },
      { id: "shift", name: "shift of that attention", paint: plain(signals.visualShift) },
    );
  }
  const { tokens } = shown;
  choices.push(
    { id: "entropy", name: "entropy, nats", paint: plain(tokens.map(({ entropy }) => entropy)) },
    { id: "surprise", name: "−log-prob, nats", paint: plain(tokens.map(({ logprob }) => -logprob)) },
  );
  return choices;
}

function roleText(roles: readonly TokenRole[] | undefined, token: number): string {
  return roles?.[token] ?? "–";
}

function statusText({ tokens, stopReason, msPerToken }: LiveAnswer): string {
  const count = `${tokens.length} ${tokens.length === 1 ? "token" : "tokens"}`;
  if (stopReason === undefined) {
    return progress.value === "" ? `answering, ${count}` : `${progress.value}…`;
  }
  const ends = { stop: "", length: ", cut at the limit", stopped: ", stopped" } as const;
  return `${count}${ends[stopReason]}${msPerToken === undefined ? "" : `, ${numberText(msPerToken)} ms each`}`;
}

/** Everything about the answer as a file. */
function save({ shown, signals }: Shown): void {
  const plain = (values: ArrayLike<number> | undefined) => values && Array.from(values);
  const { question, tokens, stopReason } = shown;
  const text = JSON.stringify(
    {
      question,
      tokens: tokens.map(({ id }) => id),
      tokenTexts: tokens.map(({ text }) => text),
      logprobs: tokens.map(({ logprob }) => logprob),
      entropy: tokens.map(({ entropy }) => entropy),
      stopReason,
      roles: signals?.roles,
      weights: plain(signals?.weights),
      visualMass: plain(signals?.visualMass),
      textMass: plain(signals?.textMass),
      visualShift: plain(signals?.visualShift),
      textShift: plain(signals?.textShift),
    },
    undefined,
    2,
  );
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = "answer.json";
  link.click();
  URL.revokeObjectURL(link.href);
}

function Panel({ shown, signals, token }: Shown & { readonly token: number }) {
  const taken = shown.tokens[token];
  if (taken === undefined) return null;
  const rows: (readonly [name: string, value: string])[] = [
    ["probability", percentText(Math.exp(taken.logprob))],
    ["log-prob, nats", numberText(taken.logprob)],
    ["entropy, nats", numberText(taken.entropy)],
    ["role", roleText(signals?.roles, token)],
    ["alignment", numberText(signals?.alignment[token])],
    ["credit weight", numberText(signals?.weights[token])],
    ["on the image", percentText(signals?.visualMass[token])],
    ["on the text", percentText(signals?.textMass[token])],
  ];
  const onSelect = (place: number) => go({ token: place });
  const image = "rgb(var(--minus))";
  const text = "rgb(var(--plain))";
  const line = (name: "visual" | "text", of: "Mass" | "Shift") => Array.from(signals?.[`${name}${of}`] ?? []);
  return (
    <section class="panel" aria-label="The open token" aria-live="polite">
      <header>
        <span class="word">{shownToken(taken.text, true).trim() || "␣"}</span>
        <span class="soft">
          token {token} of {shown.tokens.length}, id {taken.id}
        </span>
        <button
          type="button"
          class="plain"
          style={{ marginLeft: "auto" }}
          onClick={() => go({ token: undefined })}
        >
          Close
        </button>
      </header>
      <div class="columns">
        <section>
          <h3>When it was drawn</h3>
          <NumberTable rows={rows} />
        </section>
        <section>
          <h3>The likeliest at its place</h3>
          {taken.candidates.map(({ id, text: word, probability }) => (
            <div key={id} style={{ marginBottom: "8px" }}>
              <div class="field" style={{ minHeight: "22px" }}>
                <span class="mono">{shownToken(word, true).trim() || "␣"}</span>
                <span>{percentText(probability)}</span>
              </div>
              <div class="meter">
                <i style={{ width: `${probability * 100}%` }} />
              </div>
            </div>
          ))}
        </section>
        {signals !== undefined && (
          <section>
            <h3>Attention along the answer</h3>
            {(["Mass", "Shift"] as const).map((of) => (
              <SequenceChart
                key={of}
                title={of.toLowerCase()}
                selected={token}
                onSelect={onSelect}
                lines={[
                  { name: "image", colour: image, values: line("visual", of) },
                  { name: "text", colour: text, isDashed: true, values: line("text", of) },
                ]}
              />
            ))}
          </section>
        )}
      </div>
    </section>
  );
}

/** The pictures, with the attention of the open token over them. */
export function PicturesView() {
  const shown = answer.value;
  const overlays = shown === undefined ? [] : pictureAttention(shown, openAnswerToken());
  return (
    <div class="frames">
      {pictures.value.map(({ address }, place) => (
        <Frame key={address} address={address} overlay={overlays[place]} />
      ))}
    </div>
  );
}

export function AnswerView() {
  const shown = answer.value;
  if (shown === undefined) return null;
  const signals = roles.value;
  const choices = paints({ shown, signals });
  const choice = choices.find(({ id }) => id === paintKey.value) ?? choices[0];
  const token = openAnswerToken();
  const { tokens, trouble, stopReason } = shown;
  return (
    <>
      {trouble !== "" && (
        <p class="notice" role="alert" style={{ margin: "0 0 16px" }}>
          No answer: {trouble}
        </p>
      )}
      {tokens.length > 0 && (
        <TokenStrip
          label="Tokens of the answer"
          tokens={{ tokenTexts: tokens.map(({ text }) => text), isCut: stopReason === "length" }}
          roles={signals?.roles ?? null}
          paint={choice?.paint}
          selected={token}
          onSelect={(place) => go({ token: place })}
          note={(place) => [
            ["token", `${place}  ${shownToken(tokens[place]?.text ?? "", true).trim()}`],
            ["probability", percentText(Math.exp(tokens[place]?.logprob ?? Number.NaN))],
            ["entropy", numberText(tokens[place]?.entropy)],
            ["role", roleText(signals?.roles, place)],
            ["on the image", percentText(signals?.visualMass[place])],
          ]}
        />
      )}
      <div class="key">
        <span role="status">{statusText(shown)}</span>
        {tokens.length > 0 && <PaintSelect choices={choices} choice={choice} />}
        {signals !== undefined && (
          <span>
            <u>visual</u> &nbsp; <u class="dotted">text</u> &nbsp; neutral
          </span>
        )}
        {!hasAttention.value && (
          <span>no roles: this export returns no attention (--attention-layers 1 would)</span>
        )}
        {token === undefined && tokens.length > 0 && (
          <span class="faint">open a token to see its attention</span>
        )}
        {stopReason !== undefined && tokens.length > 0 && (
          <button type="button" class="plain" onClick={() => save({ shown, signals })}>
            save as JSON
          </button>
        )}
      </div>
      {token !== undefined && <Panel shown={shown} signals={signals} token={token} />}
    </>
  );
}
