import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IMAGE_A, oneProblem } from "../../testing/one-row.ts";
import { ImageDownloads } from "./fetch-image.ts";

let server: Server;
let address = "";
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = request.url ?? "";
    asked.push(url);
    const seen = asked.filter((other) => other === url).length;
    if (url.startsWith("/moved")) response.writeHead(302, { location: "/a.png" }).end();
    else if (url.startsWith("/busy") && seen === 1) response.writeHead(503).end();
    else if (url.startsWith("/gone")) response.writeHead(404).end("no such image");
    else if (url.startsWith("/text")) response.end("<html>");
    else response.end(IMAGE_A);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const row = (path: string) => ({ image: `${address}${path}`, question: "?", answer: "1" });
const fetched = (path: string) => oneProblem(row(path), { fetchImages: true });

describe("an image at a URL", () => {
  test("is downloaded where that is asked for, and is refused otherwise", async () => {
    expect((await fetched("/a.png")).images[0]?.width).toBe(28);
    asked.length = 0;
    await expect(oneProblem(row("/a.png"))).rejects.toThrow("is a URL: data.fetchImages: true downloads it");
    expect(asked).toEqual([]);
  });

  test("may have moved, and may come at the second try", async () => {
    expect((await fetched("/moved.png")).images).toHaveLength(1);
    expect((await fetched("/busy.png")).images).toHaveLength(1);
  });

  test("that is not there is a broken row, with the server's answer, after one try", async () => {
    asked.length = 0;
    await expect(fetched("/gone.png")).rejects.toThrow(
      `one.jsonl line 1: image "${address}/gone.png": cannot be downloaded: the server answers 404 Not Found`,
    );
    expect(asked).toEqual(["/gone.png"]);
  });

  test("that is no image is a broken row", async () => {
    await expect(fetched("/text.png")).rejects.toThrow(`"${address}/text.png": cannot be read as an image`);
  });

  test("is downloaded once and kept", async () => {
    const downloads = new ImageDownloads();
    asked.length = 0;
    const images = [await downloads.image(`${address}/b.png`), await downloads.image(`${address}/b.png`)];
    expect(images[0]).toEqual(IMAGE_A);
    expect(images[1]).toBe(images[0]);
    expect(asked).toEqual(["/b.png"]);
  });
});

test("a server that is not there is named, with the reason", async () => {
  const image = "http://127.0.0.1:9/a.png";
  await expect(oneProblem({ image, question: "?", answer: "1" }, { fetchImages: true })).rejects.toThrow(
    /127\.0\.0\.1:9\/a\.png": cannot be downloaded: fetch failed: /,
  );
}, 20_000);
