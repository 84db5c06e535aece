/**
 * @module
 * Errors on a page while a test of the viewer runs: of scripts and of requests, and dialogs.
 */
import type { Page } from "playwright-core";

export class PageComplaints {
  readonly #found: string[] = [];
  #expected: RegExp[] = [];

  /** Listens to a page. */
  listen(page: Page): void {
    page.on("console", (message) => {
      if (message.type() === "error") this.#found.push(`${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.#found.push(error.message));
    page.on("dialog", (dialog) => {
      this.#found.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  /** Errors that this test expects, by their text or the address that failed to load. */
  expect(...some: readonly RegExp[]): void {
    this.#expected.push(...some);
  }

  /** The errors that were not expected; the next test begins without any. */
  taken(): string[] {
    const expected = this.#expected;
    this.#expected = [];
    return this.#found.splice(0).filter((complaint) => !expected.some((one) => one.test(complaint)));
  }
}
