/**
 * @module
 * The fourth page: a trained model, exported to ONNX, answers a question about a picture in the browser.
 */
import { useEffect } from "preact/hooks";
import { go, param } from "../address.ts";
import { imageAddress } from "../api.ts";
import { addKeys } from "../keyboard.ts";
import { Older } from "../older.tsx";
import { openRun } from "../runs-state.ts";
import {
  answer,
  askNow,
  canAsk,
  forgetAnswer,
  isAnswering,
  mostTokens,
  seed,
  stopAnswer,
  temperature,
} from "./answer-state.ts";
import { AnswerView, openAnswerToken, PicturesView } from "./answer-view.tsx";
import {
  chosenExport,
  exports,
  olderExports,
  pictureRun,
  usableExports,
  watchExports,
} from "./exports-state.ts";
import {
  arePicturesComing,
  dropPictures,
  pictures,
  pictureTrouble,
  problems,
  question,
  useFiles,
  useProblem,
  watchPictures,
} from "./pictures-state.ts";
import { shellWord } from "./shell-word.ts";

const picture = param("picture");
const system = param("system");
const suffix = param("suffix");

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

function stepToken(by: number): void {
  const count = answer.value?.tokens.length ?? 0;
  if (count === 0) return;
  const now = openAnswerToken();
  go({ token: now === undefined ? (by > 0 ? 0 : count - 1) : Math.min(count - 1, Math.max(0, now + by)) });
}

function useAskKeys(): void {
  useEffect(
    () =>
      addKeys([
        { keys: ["q"], help: "write the question", run: () => document.getElementById("question")?.focus() },
        { keys: ["a"], help: "ask", run: askNow },
        { keys: ["s"], help: "stop the answer", run: stopAnswer },
        { keys: ["ArrowRight", "l"], help: "next token", run: () => stepToken(1) },
        { keys: ["ArrowLeft", "h"], help: "token before", run: () => stepToken(-1) },
        { keys: ["Escape"], help: "close the token", run: () => go({ token: undefined }) },
      ]),
    [],
  );
}

/** The instructions shown if there is no export. */
function NoExport() {
  const run = openRun.value;
  const weights = run?.weights[0];
  const source =
    run === undefined || weights === undefined ? "<model directory>" : shellWord(`${run.path}/${weights}`);
  const target = run === undefined ? "<new directory>" : shellWord(`${run.path}/onnx`);
  return (
    <div class="empty" style={{ maxWidth: "72ch" }}>
      <p>
        A model that is exported to ONNX answers here, in the browser, with the roles of its tokens. There is
        none yet:
      </p>
      <p class="scroll mono" style={{ margin: "14px 0" }}>
        npx fovea export --onnx {source} {target}
      </p>
      <p>
        It is found in the directory of a run, and where <span class="mono">fovea view</span> was given its
        directory.
      </p>
      {(exports.value ?? []).map(({ id, problem }) => (
        <p key={id} class="bad small" style={{ marginTop: "10px" }}>
          {id}: {problem}
        </p>
      ))}
    </div>
  );
}

function ModelSelect() {
  const chosen = chosenExport.value;
  return (
    <div class="block">
      <label class="label" for="export">
        Model
      </label>
      <select
        id="export"
        style={{ width: "100%" }}
        value={chosen?.id}
        onChange={({ currentTarget }) => {
          forgetAnswer();
          const before = pictureRun.value?.id;
          go({ export: currentTarget.value, token: undefined });
          if (pictureRun.value?.id !== before) dropPictures();
        }}
      >
        {usableExports.value.map(({ id, bytes }) => (
          <option key={id} value={id}>
            {id}, {megabytes(bytes)}
          </option>
        ))}
      </select>
      <Older count={olderExports.value} what="models" how="name one in the address, as #export=NAME" />
    </div>
  );
}

function PictureChoice() {
  const run = pictureRun.value;
  return (
    <div class="block">
      <span class="label">Picture</span>
      <div class="drop">
        <label class="plain">
          choose or drop one
          <input
            type="file"
            accept="image/*"
            multiple
            class="visually-hidden"
            onChange={({ currentTarget }) => {
              forgetAnswer();
              useFiles([...(currentTarget.files ?? [])]);
            }}
          />
        </label>
        <span class="small soft cut">{pictures.value.map(({ name }) => name).join(", ")}</span>
      </div>
      {run !== undefined && problems.value.length > 0 && (
        <fieldset class="thumbs" aria-label={`Pictures of ${run.id}`}>
          {problems.value.map((problem) => (
            <button
              key={problem.index}
              type="button"
              aria-pressed={picture.value === String(problem.index)}
              aria-label={problem.question}
              title={problem.question}
              onClick={() => {
                forgetAnswer();
                useProblem(problem);
              }}
            >
              <img
                class="thumb"
                loading="lazy"
                alt=""
                src={imageAddress(run, problem.index, 0, problem.pictures)}
              />
            </button>
          ))}
        </fieldset>
      )}
      {pictureTrouble.value !== "" && <p class="bad small">{pictureTrouble.value}</p>}
    </div>
  );
}

function Question() {
  return (
    <form
      class="block"
      onSubmit={(event) => {
        event.preventDefault();
        askNow();
      }}
    >
      <label class="label" for="question">
        Question
      </label>
      <textarea
        id="question"
        rows={4}
        value={question.value}
        onInput={({ currentTarget }) => go({ ask: currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          askNow();
        }}
      />
      <div class="filters">
        <div class="row">
          <button type="submit" class="plain" disabled={!canAsk.value}>
            Ask
          </button>
          {arePicturesComing.value && <span class="soft small">the picture is loading…</span>}
          {isAnswering.value && (
            <button type="button" class="plain" onClick={stopAnswer}>
              Stop
            </button>
          )}
        </div>
      </div>
    </form>
  );
}

function NumberField({
  name,
  note,
  value,
  onChoose,
}: {
  readonly name: string;
  readonly note?: string;
  readonly value: number;
  readonly onChoose: (text: string) => void;
}) {
  return (
    <label class="field">
      <span>
        {name}
        {note !== undefined && <span class="faint small"> {note}</span>}
      </span>
      <input
        type="number"
        min={0}
        step="any"
        value={value}
        onChange={({ currentTarget }) => onChoose(currentTarget.value)}
      />
    </label>
  );
}

function Settings() {
  const chosen = chosenExport.value;
  return (
    <details class="rest">
      <summary>how it is asked</summary>
      <NumberField
        name="temperature"
        note="0 is greedy"
        value={temperature()}
        onChoose={(text) => go({ temperature: text })}
      />
      <NumberField name="seed" value={seed()} onChoose={(text) => go({ seed: text })} />
      <NumberField name="most tokens" value={mostTokens()} onChoose={(text) => go({ most: text })} />
      <label class="field">
        <span>system message</span>
        <input
          type="text"
          value={system.value}
          placeholder={chosen?.system ?? "the template's own"}
          onChange={({ currentTarget }) => go({ system: currentTarget.value })}
        />
      </label>
      <label class="field">
        <span>after the question</span>
        <input
          type="text"
          value={suffix.value}
          placeholder={chosen?.suffix || "nothing"}
          onChange={({ currentTarget }) => go({ suffix: currentTarget.value })}
        />
      </label>
    </details>
  );
}

/** Pictures may be dropped anywhere on the page. */
function useDrop(): void {
  useEffect(() => {
    const onOver = (event: DragEvent) => event.preventDefault();
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      if (chosenExport.value === undefined) return;
      forgetAnswer();
      useFiles([...(event.dataTransfer?.files ?? [])]);
    };
    addEventListener("dragover", onOver);
    addEventListener("drop", onDrop);
    return () => {
      removeEventListener("dragover", onOver);
      removeEventListener("drop", onDrop);
    };
  }, []);
}

export function AskPage() {
  useEffect(() => watchExports(), []);
  useEffect(() => watchPictures(), []);
  useAskKeys();
  useDrop();
  if (exports.value === undefined) return null;
  if (chosenExport.value === undefined) {
    return (
      <main class="main">
        <NoExport />
      </main>
    );
  }
  return (
    <div class="page wide">
      <aside class="side">
        <ModelSelect />
        <PictureChoice />
        <Question />
        <Settings />
      </aside>
      <main class="main">
        <div class="detail">
          <div class="problem">
            <PicturesView />
            <div>
              <h2 class="asked">{answer.value?.question ?? question.value}</h2>
              {answer.value === undefined && (
                <p class="soft">
                  {pictures.value.length === 0 ? "Choose a picture, and ask about it." : "Ask."} The model
                  runs on this machine, in this page.
                </p>
              )}
            </div>
          </div>
          <AnswerView />
        </div>
      </main>
    </div>
  );
}
