import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createValidator, detectors, validate, validateDraft } from "../../../shared/security/index.ts";

const none = { secrets: [] };
const key = `sk-proj-${"aB3d".repeat(10)}`;

describe("a secret this process holds is taken out", () => {
  const secret = "Tr0ub4dor & 3/ключ?";
  const base64 = (text: string) => Buffer.from(text).toString("base64");

  test.each([
    ["as it is", secret],
    ["URL-encoded", encodeURIComponent(secret)],
    ["URL-encoded in small letters", encodeURIComponent(secret).toLowerCase().replace("tr0ub4dor", "Tr0ub4dor")],
    ["as a form sends it", encodeURIComponent(secret).replaceAll("%20", "+")],
    ["in base64", base64(secret).replace(/=+$/, "")],
  ])("%s", (_how, form) => {
    expect(validate(`before ${form} after`, { secrets: [secret] }).text).not.toContain(form);
    expect(validate(`before ${form} after`, { secrets: [secret] }).text).toMatch(/^before \[redacted\].{0,2} after$/);
  });

  test.each(["", "a", "ab", "abc", "user:"])("in base64 behind %j, at whatever offset", (before) => {
    const { text, findings } = validate(`x ${base64(`${before}hunter22hunter22!`)} y`, {
      secrets: ["hunter22hunter22"],
    });
    expect(findings).toEqual([{ detector: "known-secret" }]);
    const left = text.replace("[redacted]", "").slice(2, -2);
    expect(Buffer.from(left, "base64").toString("latin1")).not.toMatch(/hunter|unter22/);
  });

  test("as the URL-safe base64 and as JSON text", () => {
    const odd = 'quote"and\\slash??>>';
    expect(validate(Buffer.from(odd).toString("base64url"), { secrets: [odd] }).findings).toHaveLength(1);
    expect(validate(JSON.stringify({ odd }), { secrets: [odd] }).text).toBe('{"odd":"[redacted]"}');
  });

  test("but not when it is so short that words would be lost", () => {
    expect(validate("the password", { secrets: ["pass", ""] })).toEqual({ text: "the password", findings: [] });
  });
});

describe("a secret of ours in pieces", () => {
  const secret = "Zx81-hunter-q9Kd";

  test.each([
    ["spaces", [...secret].join(" ")],
    ["line ends", [...secret].join("\n")],
    ["marks", [...secret].join("·")],
    ["zero-width characters", [...secret].join("\u200B")],
    ["emoji", [...secret].join("👍🏽")],
    ["fillers and enclosing marks", [...secret].join("\u3164\u20E3")],
    ["what was taken out before", "Zx81-hunt[redacted]er-q9Kd"],
    ["a secret that is taken out", `Zx81-hunt ${key} er-q9Kd`],
  ])("is found with %s between its characters", (_how, scattered) => {
    expect(validate(`so: ${scattered} ok`, { secrets: [secret] }).text).toBe("so: [redacted] ok");
  });

  test.each([
    ["hexadecimal", Buffer.from(secret).toString("hex")],
    ["turned around", [...secret].reverse().join("")],
  ])("is found %s", (_how, form) => {
    expect(validate(`so ${form} ok`, { secrets: [secret] }).text).toBe("so [redacted] ok");
  });

  test("is not completed by the next message", () => {
    const next = createValidator({ secrets: [secret] }).validate("er-q9Kd is the rest", ["first half: Zx81-hunt"]);
    expect(next.text).toBe("[redacted] is the rest");
    expect(next.findings).toEqual([{ detector: "known-secret-in-pieces" }]);
  });

  test("is found with letters of another plane in it", () => {
    const odd = "𐐷𐐷hunter22𐐷𐐷𐐷";
    expect(validate(`so ${[...odd].join("😀")} ok`, { secrets: [odd] }).text).toBe("so [redacted] ok");
  });

  test("is not completed over three messages either, and other messages pass", () => {
    const before = ["a) Zx81-", "b) hunter"];
    expect(createValidator({ secrets: [secret] }).validate("-q9Kd", ["Zx81-", "hunter"]).text).toBe("[redacted]");
    expect(createValidator({ secrets: [secret] }).validate("good morning", before).text).toBe("good morning");
    expect(createValidator({ secrets: [secret] }).validate("[redacted]er-q9Kd", ["Zx81-hunt"]).text).toBe("[redacted]");
  });
});

test("a secret with a known shape is taken out, and the words around it stay", () => {
  expect(validate(`Use ${key}, and\nconnect to postgres://app:s3cr3t-pw@db/app.`, none)).toEqual({
    text: "Use [redacted], and\nconnect to postgres://app:[redacted]@db/app.",
    findings: [{ detector: "sk-key" }, { detector: "url-password" }],
  });
});

test("what was taken out before is left alone", () => {
  expect(validate("it was [redacted]", { secrets: ["redacted"] })).toEqual({ text: "it was [redacted]", findings: [] });
});

test("findings never tell the secret", () => {
  expect(JSON.stringify(validate(key, none).findings)).not.toContain("aB3d");
});

/** Texts made of what the detectors look for, whole and broken, glued together at random. */
const pieces = detectors.flatMap(({ examples }) => [...examples.catches, ...examples.passes]);
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...pieces, "[redacted]", "[redac", "hunter22hunter22", " ", "\n", "=", '"'),
      fc.string({ maxLength: 12 }),
    ),
    { maxLength: 12 },
  )
  .chain((parts) => fc.nat(6).map((cut) => parts.map((part) => part.slice(cut % 3 === 0 ? cut : 0)).join("")));
const secrets = ["hunter22hunter22", "a b c d e f", "ключ от дома"];

test("no text makes it throw, and doing it twice changes nothing", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const once = validate(text, { secrets });
      expect(validate(once.text, { secrets })).toEqual({ text: once.text, findings: [] });
    }),
    { numRuns: 300 },
  );
  for (const odd of ["\ud800", "\u0000", "\udfff".repeat(100)])
    expect(validate(odd, { secrets: [odd.repeat(10)] }).text).toBe(odd);
});

test("no known secret is left, wherever it stands", () => {
  const around = fc.string({ maxLength: 30 });
  fc.assert(
    fc.property(around, around, fc.stringMatching(/^[A-Za-z0-9 +/=&?-]{8,40}$/), (before, after, secret) => {
      fc.pre(!"[redacted]".includes(secret));
      for (const form of [secret, encodeURIComponent(secret)])
        expect(validate(before + form + after, { secrets: [secret] }).text).not.toContain(form);
    }),
    { numRuns: 200 },
  );
});

describe("a draft", () => {
  /** Everything a person sees while the text arrives, character by character. */
  function shown(text: string, given = secrets): string[] {
    return [...text].map((_, n) => validateDraft(text.slice(0, n + 1), { secrets: given }).text);
  }

  test("shows whole words as they come", () => {
    expect(validateDraft("Hello wor", none).text).toBe("Hello ");
    expect(validateDraft("Hello world ", none).text).toBe("Hello world ");
    expect(validateDraft("你好世界", none).text).toBe("你好世界");
  });

  test.each([
    `the key is ${key} and more`,
    `-----BEGIN PRIVATE KEY-----\n${`${"MIIEvQIB".repeat(8)}\n`.repeat(3)}-----END PRIVATE KEY-----\n`,
    `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n\n${"MIIEvQIB".repeat(8)}\nMIIE==\nand so on`,
    "you say a b c d e f and go",
    "это ключ от дома, да",
    "postgres://app:s3cr3t-pw@db/app ok",
  ])("never shows a piece of a secret: %s", (text) => {
    for (const draft of shown(text)) expect(draft).not.toMatch(/sk-p|aB3d|MIIE|d e f|a b c|от до|s3cr/);
  });

  test("never shows what the final text would not", () => {
    fc.assert(
      fc.property(hostile, fc.nat(), (text, at) => {
        const draft = validateDraft(text.slice(0, at % (text.length + 1)), { secrets }).text;
        expect(validate(draft, { secrets }).text).toBe(draft);
      }),
      { numRuns: 200 },
    );
  });
});

describe("what looks random and is no secret stays: hashes and names of things", () => {
  const hex = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  const long = "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";

  test.each([
    ["a commit", `commit ${hex.slice(0, 40)}\nMerge: ${hex.slice(0, 7)} ${hex.slice(7, 14)}`],
    ["a tree of git", `100644 blob ${hex.slice(0, 40)}\tREADME.md`],
    ["a lockfile of npm", `"integrity": "sha512-${long}",`],
    ["a lockfile of Cargo", `checksum = "${hex}"`],
    ["a lockfile of Go", "example.net/mod v1.2.3 h1:Zx9pQ7aXhU3uJ8dY2mN5kL0bV6cR1tS4wE7gF9hA3iB="],
    ["a picture of a container", `image: registry.example/app@sha256:${hex}`],
    ["a picture in base64", `<img src="data:image/png;base64,${"iVBORw0KGgoAAAANSUhEUgAAAAUA".repeat(8)}">`],
    ["an e-mail's id", "Message-ID: <CAF7s4x9Qk2m8Zt5R1yW0bH3nL6vJ+dP@mail.example>"],
    ["a version of a page", `ETag: W/"${hex.slice(0, 32)}"`],
    ["a script's checksum", `<script src=a.js integrity="sha384-${long.slice(0, 64)}"></script>`],
    ["UUIDs", "request 3f2b8c1e-9d4a-4e7b-8f60-2a1c5d9e0b77 of 743b294a-cd03-11ec-9d64-0242ac120002"],
    ["a token that is the name of a moment", "_authToken=743b294a-cd03-11ec-9d64-0242ac120002"],
    ["the badge of a project", "https://badge.example/graph/badge.svg?token=bRzR3RyOXZ"],
  ])("%s", (_what, text) => {
    expect(validate(text, none)).toEqual({ text, findings: [] });
  });
});
