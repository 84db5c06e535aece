import { expect, test } from "vitest";
import { type Named, NewestPictures } from "./newest-pictures.ts";

function page() {
  const made: string[] = [];
  const events: string[] = [];
  const pictures = new NewestPictures({
    decode: async ({ name, address }) => {
      if (name === "broken") throw new Error("broken: no image");
      return { name, address, image: { width: 0, height: 0, data: new Uint8Array() } };
    },
    show: (shown, trouble) => void events.push(`show ${shown.map(({ name }) => name).join(" ")}${trouble}`),
    revoke: (address) => void events.push(`revoke ${address}`),
  });
  const file = (name: string): Named => {
    made.push(`blob:${name}`);
    return { name, address: `blob:${name}`, blob: new Blob() };
  };
  return { events, pictures, file };
}

test("addresses of files are given back when other pictures are shown, and no others", async () => {
  const { events, pictures, file } = page();
  await pictures.choose(Promise.resolve([file("a"), file("b")]));
  await pictures.choose(Promise.resolve([{ name: "c", address: "./c.png", blob: new Blob() }]));
  await pictures.choose(Promise.resolve([]));
  expect(events).toEqual(["show a b", "revoke blob:a", "revoke blob:b", "show c", "show "]);
});

test("so are the addresses of a choice that came late, or that cannot be read", async () => {
  const { events, pictures, file } = page();
  let come: (found: readonly Named[]) => void = () => undefined;
  const late = pictures.choose(new Promise((resolve) => (come = resolve)));
  await pictures.choose(Promise.resolve([file("new")]));
  come([file("late")]);
  await late;
  expect(events).toEqual(["show new", "revoke blob:late"]);
  await pictures.choose(Promise.resolve([file("good"), file("broken")]));
  expect(events.slice(2)).toEqual([
    "revoke blob:good",
    "revoke blob:broken",
    "revoke blob:new",
    "show broken: no image",
  ]);
});

test("the newest choice is known by its address from its beginning, and a failed choice is not", async () => {
  const { events, pictures, file } = page();
  const of = (name: string) => Promise.resolve([{ ...file(name), address: `./${name}` }]);
  await pictures.choose(of("a"), "./a");
  let come: (found: readonly Named[]) => void = () => undefined;
  const slow = pictures.choose(new Promise((resolve) => (come = resolve)), "./b");
  expect([pictures.isChosen("./a"), pictures.isChosen("./b")]).toEqual([false, true]);
  const again = pictures.choose(of("a"), "./a");
  expect([pictures.isChosen("./a"), pictures.isChosen("./b")]).toEqual([true, false]);
  come([{ ...file("b"), address: "./b" }]);
  await Promise.all([slow, again]);
  expect(events).toEqual(["show a", "show a"]);
  await pictures.choose(of("broken"), "./broken");
  expect(pictures.isChosen("./broken")).toBe(false);
  await pictures.choose(Promise.resolve([file("own")]));
  expect(pictures.isChosen("")).toBe(false);
});
