import { expect, test } from "vitest";
import { createRedactor } from "../../../shared/security/index.ts";

const redact = createRedactor({ secrets: ["hunter22hunter22"] });

test("values of secret names are taken out, however the name is written", () => {
  const names = [
    "password",
    "dbPassword",
    "API_KEY",
    "x-api-key",
    "clientSecret",
    "Authorization",
    "refresh_token",
    "TG_SESSION_STRING",
    "cookies",
    "aws secret key",
  ];
  for (const name of names) expect(redact({ [name]: "anything", at: 1 })).toEqual({ [name]: "[redacted]", at: 1 });
  expect(redact({ credentials: { user: "a", pin: 7 } })).toEqual({ credentials: "[redacted]" });
});

test("names that only sound so keep their values, and so does having none", () => {
  const plain = {
    tokens: 12,
    tokensMax: 4_096,
    key: "b",
    secretary: "Ann",
    passwordRequired: true,
    token: null,
    password: "",
    hasToken: false,
  };
  expect(redact(plain)).toEqual(plain);
});

test("secrets inside texts are taken out at any depth, in keys too, and the original stays", () => {
  const given = { list: [{ say: "it is hunter22hunter22!" }], hunter22hunter22: 1 };
  expect(redact(given)).toEqual({ list: [{ say: "it is [redacted]!" }], "[redacted]": 1 });
  expect(given.list[0]?.say).toBe("it is hunter22hunter22!");
});

test("a text stays a text, and a number a number", () => {
  expect(redact("Bearer aB3daB3daB3daB3d1234")).toBe("Bearer [redacted]");
  expect(redact(5)).toBe(5);
  expect(redact(undefined)).toBeUndefined();
});

test("what is nested too deep, or in itself, is left out and not thrown at", () => {
  const circle: Record<string, unknown> = {};
  circle["again"] = circle;
  expect(JSON.stringify(redact(circle))).toContain("[nested too deep]");
  expect(() => redact(JSON.parse(`${"[".repeat(5_000)}${"]".repeat(5_000)}`))).not.toThrow();
});

test("a key called __proto__ is a key like any other", () => {
  const redacted = redact(JSON.parse('{"__proto__": {"password": "x"}}'));
  expect(JSON.stringify(redacted)).toBe('{"__proto__":{"password":"[redacted]"}}');
});
