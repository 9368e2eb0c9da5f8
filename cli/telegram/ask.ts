/** Asks a person what a login needs: at a terminal with prompts, from a pipe line by line. */
import { createInterface } from "node:readline";
import { isCancel, password, text } from "@clack/prompts";
import { toString as drawQr } from "qrcode";
import type { Asking } from "../../shared/transport/index.ts";

type Deps = { note(text: string): void; phone: string | undefined };

/** Where Telegram sends the code, in words for a person. */
const VIA: Readonly<Record<string, string>> = {
  app: "in the Telegram app of this account",
  sms: "by SMS",
  call: "by a call",
  emailcode: "by e-mail",
};

/** What is secret is not shown while it is typed. */
export function createAsking({ note, phone }: Deps): Asking & { close(): void } {
  const interactive = process.stdin.isTTY === true;
  const lines = interactive ? undefined : createInterface({ input: process.stdin });
  const typed = lines?.[Symbol.asyncIterator]();

  async function ask(message: string, secret: boolean): Promise<string | undefined> {
    if (typed !== undefined) {
      note(message);
      const { value, done } = await typed.next();
      return done === true ? undefined : value;
    }
    const answer = await (secret ? password({ message }) : text({ message }));
    return isCancel(answer) ? undefined : answer;
  }

  return {
    phone: async () => phone ?? (await ask("Phone number of the account, with + and the country's code", false)),
    code: (via) => ask(`The code that Telegram has sent ${VIA[via] ?? `(${via})`}`, false),
    password: (hint) => ask(`The password of two-step verification${hint === "" ? "" : ` (hint: ${hint})`}`, true),
    wrong: note,
    async showQr(url) {
      note(await drawQr(url, { type: "terminal", small: true, errorCorrectionLevel: "L" }));
      note("On a phone that is logged in: Settings, Devices, Link Desktop Device.");
      note(url);
    },
    close: () => lines?.close(),
  };
}
