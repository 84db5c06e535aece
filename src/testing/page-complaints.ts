/**
 * @module
 * What goes wrong on a page while a test of the viewer runs: errors of scripts, of requests, and dialogs.
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

  /** Errors of this test that are none, by their text or the address of what failed to load. */
  expect(...some: readonly RegExp[]): void {
    this.#expected.push(...some);
  }

  /** What went wrong and was not expected; forgets it and what is expected. */
  taken(): string[] {
    const expected = this.#expected;
    this.#expected = [];
    return this.#found.splice(0).filter((complaint) => !expected.some((one) => one.test(complaint)));
  }
}
