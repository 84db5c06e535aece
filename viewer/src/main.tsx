/**
 * @module
 * The viewer's page: five views of the same runs, one address, one keyboard.
 */
import { signal } from "@preact/signals";
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { go, param } from "./address.ts";
import { trouble } from "./api.ts";
import { AskPage } from "./ask/ask-page.tsx";
import { ComparePage } from "./compare-page.tsx";
import { addKeys, keyActions } from "./keyboard.ts";
import { ResultsPage } from "./results/results-page.tsx";
import { RolloutsPage } from "./rollouts-page.tsx";
import { RunsPage } from "./runs-page.tsx";
import { shownRuns, start } from "./runs-state.ts";
import { switchTheme, theme } from "./theme.ts";
import "./theme.css";

const VIEWS = [
  { id: "runs", title: "Runs", page: RunsPage },
  { id: "rollouts", title: "Rollouts", page: RolloutsPage },
  { id: "compare", title: "Compare", page: ComparePage },
  { id: "ask", title: "Ask", page: AskPage },
  { id: "results", title: "Results", page: ResultsPage },
] as const;

const view = param("view");
const isHelpOpen = signal(false);

function focusFind(): void {
  const field = document.getElementById("find");
  // On a narrow screen the part of the page that holds it is folded.
  field?.closest("details")?.setAttribute("open", "");
  field?.focus();
}

addKeys([
  ...VIEWS.map(({ id, title }, i) => ({
    keys: [String(i + 1)],
    help: title,
    run: () => go({ view: id }, true),
  })),
  { keys: ["t"], help: "light or dark", run: switchTheme },
  { keys: ["/"], help: "find", run: focusFind },
  {
    keys: ["?"],
    help: "these keys",
    run: () => {
      isHelpOpen.value = true;
    },
  },
]);

function Mark() {
  return (
    <h1 class="mark">
      <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
        <path
          d="M2 16C7 8 12 6 16 6s9 2 14 10c-5 8-10 10-14 10S7 24 2 16Z"
          fill="none"
          stroke="currentColor"
          stroke-width="2"
        />
        <circle cx="16" cy="16" r="5" fill="var(--bad)" />
      </svg>
      <span>Fovea</span>
    </h1>
  );
}

function Live() {
  const going = shownRuns.value.filter(
    ({ isFinished, stopped, reached, planned }) =>
      !isFinished && stopped === null && reached < (planned ?? 0),
  );
  if (going.length === 0) return null;
  const [first] = going;
  return (
    <span role="status">
      <i class="dot live" />{" "}
      <span class="wide-only">
        {going.length === 1 ? first?.id : `${going.length} runs`} at {first?.reached}
      </span>
    </span>
  );
}

function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = isHelpOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const close = () => {
    isHelpOpen.value = false;
  };
  const shown: Readonly<Record<string, string>> = {
    ArrowLeft: "←",
    ArrowRight: "→",
    ArrowUp: "↑",
    ArrowDown: "↓",
  };
  return (
    <dialog ref={dialog} onClose={close} aria-label="Keys">
      <div class="field">
        <b>Keys</b>
        <button type="button" class="plain" onClick={close}>
          Close
        </button>
      </div>
      <dl class="keys">
        {isOpen &&
          keyActions().map(({ keys, help }) => [
            <dt key={`${help} key`}>
              {keys.map((key) => (
                <kbd key={key}>{shown[key] ?? key}</kbd>
              ))}
            </dt>,
            <dd key={help}>{help}</dd>,
          ])}
      </dl>
    </dialog>
  );
}

function App() {
  const active = VIEWS.find(({ id }) => id === view.value) ?? VIEWS[0];
  const Page = active.page;
  return (
    <>
      <header class="bar">
        <Mark />
        <nav class="tabs" aria-label="Views">
          {VIEWS.map(({ id, title }) => (
            <button
              key={id}
              type="button"
              aria-current={id === active.id ? "page" : undefined}
              onClick={() => go({ view: id }, true)}
            >
              {title}
            </button>
          ))}
        </nav>
        <div class="end">
          <Live />
          <button type="button" class="plain" onClick={switchTheme} aria-label="Light or dark">
            {theme.value === "dark" ? "light" : "dark"}
          </button>
          <button
            type="button"
            class="plain"
            aria-label="Keys"
            onClick={() => {
              isHelpOpen.value = true;
            }}
          >
            ?
          </button>
        </div>
      </header>
      {trouble.value !== "" && (
        <p class="notice" role="alert">
          {trouble.value}
        </p>
      )}
      <Page />
      <Help />
    </>
  );
}

start();
render(<App />, document.body);
