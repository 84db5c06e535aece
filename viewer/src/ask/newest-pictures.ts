/**
 * @module
 * The pictures that were chosen last. A choice that comes late gives way to a newer one, and an address that was made for a
 * file is given back once no picture on the page needs it.
 */
import type { Picture } from "./picture.ts";

/** A picture that is not yet decoded. */
export interface Named {
  readonly name: string;
  readonly address: string;
  readonly blob: Blob;
}

interface Page {
  /** @throws Error when it is no image */
  readonly decode: (picture: Named) => Promise<Picture>;
  /** Shows pictures, or why there are none. */
  readonly show: (pictures: readonly Picture[], trouble: string) => void;
  /** Gives an address of a file back. */
  readonly revoke: (address: string) => void;
}

export class NewestPictures {
  readonly #page: Page;
  #newest = 0;
  /** Address of the newest choice; "" where it has none, or could not be read. */
  #asked = "";
  #shown: readonly Named[] = [];

  constructor(page: Page) {
    this.#page = page;
  }

  /** Whether the newest choice is that of an address, shown already or to come. */
  isChosen(address: string): boolean {
    return address !== "" && this.#asked === address;
  }

  /**
   * Shows pictures in place of the earlier pictures; shows none if one cannot be read.
   *
   * @param address by which the choice is known again
   */
  async choose(found: Promise<readonly Named[]>, address = ""): Promise<void> {
    const own = ++this.#newest;
    this.#asked = address;
    let named: readonly Named[] = [];
    let decoded: readonly Picture[] = [];
    let trouble = "";
    try {
      named = await found;
      decoded = await Promise.all(named.map((one) => this.#page.decode(one)));
    } catch (error) {
      trouble = (error as Error).message;
    }
    const isNewest = own === this.#newest;
    if (!isNewest || trouble !== "") this.#release(named);
    if (!isNewest) return;
    this.#release(this.#shown);
    this.#shown = trouble === "" ? named : [];
    if (trouble !== "") this.#asked = "";
    this.#page.show(decoded, trouble);
  }

  #release(pictures: readonly Named[]): void {
    for (const { address } of pictures) if (address.startsWith("blob:")) this.#page.revoke(address);
  }
}
