/**
 * @module
 * Images in data URIs (RFC 2397), base64. Nothing is ever fetched, and no file is read: an address of another kind is
 * refused, so that no client can make this server ask others.
 */
import { DataError } from "../../errors/index.ts";
import { decodeImage, type RgbImage } from "../../model/index.ts";
import { ChatRefusal } from "./chat-refusal.ts";

/** Characters of an address that a refusal repeats. */
const SHOWN = 60;
const HEAD = /^data:(image\/[A-Za-z0-9.+-]+)?;base64,/i;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function bytesOf(url: string, param: string): Uint8Array {
  const refused = (expected: string, code: string) => {
    const got = url.length > SHOWN ? `${url.slice(0, SHOWN)}…` : url;
    return new ChatRefusal(`${param}: expected ${expected}, got ${got}`, { param, code });
  };
  if (!/^data:/i.test(url)) {
    throw refused("a data: URI, since this server fetches nothing", "invalid_image_url");
  }
  const head = HEAD.exec(url)?.[0];
  if (head === undefined) throw refused("data:image/…;base64,…", "invalid_image_url");
  const base64 = url.slice(head.length);
  if (base64 === "" || base64.length % 4 === 1 || !BASE64.test(base64)) {
    throw refused("base64 after the comma", "invalid_base64");
  }
  return Buffer.from(base64, "base64");
}

/**
 * The image of a data URI. Its format is recognised by its first bytes, even if the URI names another.
 *
 * @param param of the address, for refusals
 * @throws ChatRefusal when it is no such URI, no image, damaged, or larger than allowed
 */
export async function imageOf(url: string, param: string, maxPixels: number): Promise<RgbImage> {
  const bytes = bytesOf(url, param);
  try {
    return await decodeImage(bytes, { where: param, maxPixels });
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new ChatRefusal(error.message, { param, code: "invalid_image" });
  }
}
