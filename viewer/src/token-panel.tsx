/**
 * @module
 * One token: its numbers when it was sampled, and a model's numbers for it now.
 */
import type { ComponentChildren } from "preact";
import { answerToken } from "../../src/inspect/answer-token.ts";
import { spokenToken, tokenSentence } from "../../src/inspect/verdict-sentence.ts";
import { effectiveSampleSize } from "../../src/math/statistics/descriptive.ts";
import { numberText, percentText, signedText } from "../../src/view/number-text.ts";
import type { Inspection, RolloutDetail, RunSummary } from "../../src/view/protocol.ts";
import { go, param } from "./address.ts";
import { inspection } from "./inspection-state.ts";
import { NumberTable } from "./number-table.tsx";
import { Sentence } from "./sentence.tsx";
import { SequenceChart } from "./sequence-chart.tsx";
import { SurrogateCurve } from "./surrogate-curve.tsx";
import { Term } from "./term.tsx";
import { clipState, curveOf, pushOf, ratioAt } from "./token-ratio.ts";
import { shownToken, shownTokens, tokenWord } from "./token-strip.tsx";

const weights = param("weights");

interface TokenProps {
  readonly rollout: RolloutDetail;
  readonly token: number;
}

function Section({
  title,
  note,
  children,
}: {
  title: ComponentChildren;
  note?: string;
  children: ComponentChildren;
}) {
  return (
    <section>
      <h3>{title}</h3>
      {note !== undefined && <p class="small soft">{note}</p>}
      {children}
    </section>
  );
}

function Sampled({ rollout, token, run }: TokenProps & { readonly run: RunSummary }) {
  const { logprobs, entropy, weights: credit, roles, alignment, advantage } = rollout;
  const weight = credit?.[token];
  const logprob = logprobs?.[token];
  const found = inspection.answer.value?.value;
  const ratio = ratioAt(rollout, found, token);
  const curve = curveOf(ratio, advantage, run.tokenClip);
  const state = ratio === undefined ? "" : clipState(ratio, advantage, run.tokenClip);
  return (
    <Section title="When it was sampled">
      <NumberTable
        rows={[
          ["probability", logprob === undefined ? "–" : percentText(Math.exp(logprob))],
          ["log-prob, nats", numberText(logprob)],
          ["entropy, nats", numberText(entropy?.[token])],
          ["role", roles?.[token] ?? "–"],
          ["alignment", numberText(alignment?.[token])],
          ["credit weight", numberText(weight)],
          ["weight × advantage", signedText(pushOf(weight, advantage))],
          ["effective tokens", credit === null ? "–" : numberText(effectiveSampleSize(credit))],
        ]}
      />
      {ratio !== undefined && (
        <p class="small soft" style={{ margin: "12px 0 4px" }}>
          <Term name="ratio">Ratio</Term> of these weights to the sampling weights: {numberText(ratio)}
          {state !== "" && `, ${state}`}.
        </p>
      )}
      {curve !== undefined && <SurrogateCurve {...curve} />}
    </Section>
  );
}

/** A token by itself: only one that ends the text has none. */
const wordOf = (text: string) => shownToken(text, true).trim() || "␣";

/** The likeliest tokens at the open place, as bars. */
function Likeliest({ found, rollout, token }: TokenProps & { readonly found: Inspection }) {
  const others = found.alternatives?.[token] ?? [];
  if (others.length === 0) return null;
  const own = rollout.tokens[token];
  const texts = found.alternativeTexts?.[token] ?? [];
  const isAmong = others.some((other) => other.token === own);
  const rows = others.map(({ token: id, logprob }, i) => ({ id, word: wordOf(texts[i] ?? ""), logprob }));
  const ownRow = {
    id: own ?? -1,
    word: tokenWord(shownTokens(rollout), token),
    logprob: found.logprobs[token] ?? 0,
  };
  return (
    <Section title={<Term name="likeliest here">Likeliest here</Term>}>
      {[...rows, ...(isAmong ? [] : [ownRow])].map(({ id, word, logprob }) => (
        <div key={id} class="share">
          <span class={id === own ? "mono chosen" : "mono"}>
            {word}
            {id === own && <span class="faint"> written</span>}
          </span>
          <span class="number">{percentText(Math.exp(logprob))}</span>
          <div class="meter">
            <i style={{ width: `${Math.exp(logprob) * 100}%` }} />
          </div>
        </div>
      ))}
    </Section>
  );
}

function WithoutImage({ found, token }: { readonly found: Inspection; readonly token: number }) {
  const given = found.logprobs[token];
  const ablated = found.withoutImage?.[token];
  if (given === undefined || ablated === undefined) return null;
  const [withImage, without] = [Math.exp(given), Math.exp(ablated)];
  return (
    <Section title="With the image and without">
      {[
        ["with", withImage],
        ["without", without],
      ].map(([name, share]) => (
        <div key={name} style={{ marginBottom: "8px" }}>
          <div class="field" style={{ minHeight: "22px" }}>
            <span>{name}</span>
            <span>{percentText(Number(share))}</span>
          </div>
          <div class="meter">
            <i style={{ width: `${Number(share) * 100}%` }} />
          </div>
        </div>
      ))}
      <p class="small soft">
        <Term name="grounding" /> {signedText(withImage - without)}; <Term name="KL" /> of the distributions{" "}
        {numberText(found.divergence?.[token])} nats
      </p>
    </Section>
  );
}

function Neighbours({
  found,
  rollout,
  token,
  onSelect,
}: TokenProps & { found: Inspection; onSelect: (token: number) => void }) {
  const near = found.neighbours?.[token];
  if (near === undefined) return null;
  return (
    <Section
      title="Tokens that attend alike"
      note="by cosine of calibrated attention over the last four layers"
    >
      <div class="near">
        {near.map(({ token: other, cosine }) => (
          <button
            key={other}
            type="button"
            title={`token ${other}, cosine ${numberText(cosine)}`}
            onClick={() => onSelect(other)}
          >
            {tokenWord(shownTokens(rollout), other)} <span class="faint">{cosine.toFixed(2)}</span>
          </button>
        ))}
      </div>
    </Section>
  );
}

/** The tokens that AT-RL puts into one cluster with the open token. */
function Part({
  found,
  rollout,
  token,
  onSelect,
}: TokenProps & { found: Inspection; onSelect: (token: number) => void }) {
  const clusters = found.methods.find((method) => method.clusters !== undefined)?.clusters;
  const own = clusters?.[token];
  if (clusters === undefined || own === undefined || own < 0) return null;
  const members = clusters.flatMap((cluster, t) => (cluster === own && t !== token ? [t] : []));
  return (
    <Section
      title="Its cluster"
      note={`AT-RL's cluster ${own}: ${members.length + 1} of ${clusters.length} tokens`}
    >
      <div class="near">
        {members.map((t) => (
          <button key={t} type="button" title={`token ${t}`} onClick={() => onSelect(t)}>
            {tokenWord(shownTokens(rollout), t)}
          </button>
        ))}
      </div>
    </Section>
  );
}

/** A row of bars, one per token, the open one marked. */
function WeightBars({ values, token }: { readonly values: readonly number[]; readonly token: number }) {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const size = Math.max(1e-12, high - low);
  const width = 180 / Math.max(1, values.length);
  return (
    <svg width="180" height="22" viewBox="0 0 180 22" preserveAspectRatio="none" aria-hidden="true">
      {values.map((value, t) => (
        <rect
          key={t}
          x={t * width}
          y={22 * (1 - (Math.max(value, 0) - low) / size)}
          width={Math.max(0.5, width - 0.6)}
          height={Math.max(0.4, (22 * Math.abs(value)) / size)}
          fill={t === token ? "var(--ink)" : "var(--firm)"}
        />
      ))}
    </svg>
  );
}

function Methods({
  found,
  token,
  own,
}: {
  readonly found: Inspection;
  readonly token: number;
  readonly own: string;
}) {
  return (
    <Section
      title="Weights by every credit method"
      note="within this group, from the signals of these model weights"
    >
      <div class="scroll">
        <table class="methods">
          <tbody>
            {found.methods.map(({ kind, weights: values, roles, clusters, missing }) => (
              <tr key={kind}>
                <td>
                  {kind}
                  {kind === own && <span class="faint"> · this run</span>}
                </td>
                <td class="number">{values === null ? "–" : numberText(values[token])}</td>
                <td class="small soft">
                  {roles?.[token]} {clusters !== undefined && `cluster ${clusters[token]}`}
                </td>
                <td>
                  {values === null ? (
                    <span class="small faint">{missing}</span>
                  ) : (
                    <WeightBars values={values} token={token} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Attention({
  found,
  token,
  onSelect,
}: {
  found: Inspection;
  token: number;
  onSelect: (token: number) => void;
}) {
  if (found.attention === null) return null;
  const { visualMass, textMass, visualShift, textShift } = found.attention;
  const image = "rgb(var(--minus))";
  const text = "rgb(var(--plain))";
  return (
    <Section title="Attention along the completion">
      <SequenceChart
        title="mass"
        selected={token}
        onSelect={onSelect}
        lines={[
          { name: "image", colour: image, values: visualMass },
          { name: "text", colour: text, isDashed: true, values: textMass },
        ]}
      />
      <SequenceChart
        title="shift"
        selected={token}
        onSelect={onSelect}
        lines={[
          { name: "image", colour: image, values: visualShift },
          { name: "text", colour: text, isDashed: true, values: textShift },
        ]}
      />
      {found.signals
        .filter(({ signal }) => signal !== "attention")
        .map(({ label, values }) => (
          <SequenceChart
            key={label}
            title={label}
            selected={token}
            onSelect={onSelect}
            lines={[{ name: label, colour: image, values }]}
          />
        ))}
    </Section>
  );
}

/** Tokens that the model might have written in place of the open token. */
function sentenceOf(rollout: RolloutDetail, found: Inspection, token: number): string {
  const { tokenTexts, extracted, stopReason } = rollout;
  const start = answerToken(tokenTexts, extracted);
  return tokenSentence(
    spokenToken(
      {
        tokenTexts,
        alternativeTexts: found.alternativeTexts,
        isCut: stopReason === "length",
        start,
        judgement: { extracted },
        inspection: found,
      },
      token,
    ),
  );
}

/** The run's own method in the list of all. */
function ownMethod({ config }: RunSummary): string {
  return (config["credit.kind"] ?? "").replaceAll('"', "");
}

export function TokenPanel({ rollout, token, run }: TokenProps & { readonly run: RunSummary }) {
  const looked = inspection.answer.value;
  const found = looked?.value;
  const onSelect = (place: number) => go({ token: place });
  return (
    <section class="panel" aria-label="The open token" aria-live="polite">
      <header>
        <span class="word">{tokenWord(shownTokens(rollout), token)}</span>
        <span class="soft">
          token {token} of {rollout.tokenTexts.length}
          {rollout.tokens[token] !== undefined && `, id ${rollout.tokens[token]}`}
        </span>
        {run.weights.length > 0 && (
          <label class="soft">
            as seen by{" "}
            <select
              value={weights.value}
              onChange={({ currentTarget }) => go({ weights: currentTarget.value })}
            >
              <option value="">newest ({run.weights[0]})</option>
              {run.weights.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        {looked === undefined && <span class="faint">the model scores the completion…</span>}
        <button
          type="button"
          class="plain"
          style={{ marginLeft: "auto" }}
          onClick={() => go({ token: undefined })}
        >
          Close
        </button>
      </header>
      {looked?.trouble !== undefined && <p class="soft block">No model: {looked.trouble}.</p>}
      {found !== undefined && (
        <p class="verdict block">
          <Sentence text={sentenceOf(rollout, found, token)} />
        </p>
      )}
      <div class="columns">
        {found !== undefined && (
          <div class="stack">
            <Likeliest found={found} rollout={rollout} token={token} />
            <WithoutImage found={found} token={token} />
            <Neighbours found={found} rollout={rollout} token={token} onSelect={onSelect} />
            <Part found={found} rollout={rollout} token={token} onSelect={onSelect} />
          </div>
        )}
        <Sampled rollout={rollout} token={token} run={run} />
        {found !== undefined && <Attention found={found} token={token} onSelect={onSelect} />}
        {found !== undefined && <Methods found={found} token={token} own={ownMethod(run)} />}
      </div>
    </section>
  );
}
