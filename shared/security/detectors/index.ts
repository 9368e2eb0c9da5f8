/** Every kind of secret that is known by its shape. A new one is one file here and one line in this list. */
import type { Detector } from "../detector.ts";
import { assignment } from "./assignment.ts";
import { authorization } from "./authorization.ts";
import { awsKey } from "./aws-key.ts";
import { commandPassword } from "./command-password.ts";
import { cookie } from "./cookie.ts";
import { githubToken } from "./github-token.ts";
import { googleKey } from "./google-key.ts";
import { jwt } from "./jwt.ts";
import { keyLine } from "./key-line.ts";
import { namedToken } from "./named-token.ts";
import { privateKey } from "./private-key.ts";
import { quotedPassword } from "./quoted-password.ts";
import { skKey } from "./sk-key.ts";
import { slackToken } from "./slack-token.ts";
import { telegramBotToken } from "./telegram-bot-token.ts";
import { urlPassword } from "./url-password.ts";
import { vendorToken } from "./vendor-token.ts";

export const detectors: readonly Detector[] = [
  privateKey,
  jwt,
  skKey,
  telegramBotToken,
  githubToken,
  slackToken,
  googleKey,
  awsKey,
  vendorToken,
  namedToken,
  urlPassword,
  authorization,
  cookie,
  assignment,
  quotedPassword,
  commandPassword,
  keyLine,
];
