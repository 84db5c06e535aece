import { expect, test } from "vitest";
import { weightsId, weightsPlace } from "./weights-place.ts";

test.each(["a", "x::y", "::", "a|b"])("weights of the run %s", (run) => {
  const place = { run, name: "warm-start/model" };
  expect(weightsPlace(weightsId(place))).toEqual(place);
});

test("a text without weights names no run", () => {
  expect(weightsPlace("")).toEqual({ run: "", name: "" });
});
