/** The second password: the real client library proves that it knows it; nobody else can, and nobody can twice. */
import { Api } from "telegram";
import { computeCheck } from "telegram/Password.js";
import { expect, test } from "vitest";
import { createPassword, noPassword } from "./password.ts";
import { long } from "./tl.ts";

async function answerTo(question: Api.account.Password, text: string): Promise<Api.InputCheckPasswordSRP> {
  const answer = await computeCheck(question, text);
  return answer instanceof Api.InputCheckPasswordSRP ? answer : expect.fail("an answer by SRP");
}

test("the right password is right once, the wrong one never", async () => {
  const password = createPassword("correct horse", "a comic");
  const question = password.question();
  expect(question).toMatchObject({ hasPassword: true, hint: "a comic" });
  const right = await answerTo(question, "correct horse");
  expect(password.check(right)).toBe("right");
  expect(password.check(right)).toBe("SRP_ID_INVALID");
  expect(password.check(await answerTo(password.question(), "battery staple"))).toBe("PASSWORD_HASH_INVALID");
});

test("an answer to another question, and a number that would cancel the secret, are refused", async () => {
  const password = createPassword("correct horse");
  const answer = await answerTo(password.question(), "correct horse");
  const stranger = new Api.InputCheckPasswordSRP({ srpId: long(1), A: answer.A, M1: answer.M1 });
  expect(password.check(stranger)).toBe("SRP_ID_INVALID");
  const zero = new Api.InputCheckPasswordSRP({ srpId: answer.srpId, A: Buffer.alloc(256), M1: answer.M1 });
  expect(password.check(zero)).toBe("PASSWORD_HASH_INVALID");
});

test("an account without one says so", () => {
  expect(noPassword().hasPassword).toBeFalsy();
});
