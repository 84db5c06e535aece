import { expect, test } from "vitest";
import { refusal } from "./request-guard.ts";

const refused = (host: string, port: number) => refusal({ method: "GET", headers: { host } }, port);

test("a browser leaves out port 80, and only that", () => {
  for (const name of ["127.0.0.1", "localhost", "[::1]"]) {
    expect(refused(name, 80)).toBeUndefined();
    expect(refused(`${name}:80`, 80)).toBeUndefined();
    expect(refused(`${name}:8080`, 8080)).toBeUndefined();
    expect(refused(name, 8080)).toBe(`host "${name}": expected 127.0.0.1:8080`);
  }
  expect(refused("evil.example", 80)).toBe('host "evil.example": expected 127.0.0.1:80');
});
