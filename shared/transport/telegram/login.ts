/** Logging an account in: by a code, or by a QR code that a phone scans; then the password of two-step verification, where there is one. */
import { type Clock, OperationalError } from "../../base/index.ts";
import { TelegramRefusal } from "./failures.ts";
import type { LoginPort, Profile } from "./port.ts";

/** The login did not come about. The message says why, and what to do next. */
export class LoginFailed extends OperationalError {
  override readonly name = "LoginFailed";
}

/** What is asked of the person, and shown to it. An answer of undefined means that it gave up. */
export type Asking = {
  phone(): Promise<string | undefined>;
  /** `via` is where Telegram has sent the code: app, sms, call. */
  code(via: string): Promise<string | undefined>;
  password(hint: string): Promise<string | undefined>;
  /** Something was wrong, and is asked again. */
  wrong(because: string): void;
  showQr(url: string): Promise<void>;
};

/** So often a code or a password is asked for. Telegram itself locks the login soon after. */
const TRIES_MAX = 3;
/** Long enough to lift a phone, whatever the machine's clock says about its age. */
const QR_SHOWN_MIN_MS = 5_000;
const QR_MAX_MS = 5 * 60_000;

const SENTENCES: Readonly<Record<string, string>> = {
  PHONE_NUMBER_INVALID: "That is no phone number. Write it with + and the country's code, such as +49 151 23456789.",
  PHONE_NUMBER_BANNED: "Telegram has banned this phone number. Use another account, or write to recover@telegram.org.",
  PHONE_NUMBER_FLOOD: "Too many logins with this number. Wait a day, and try again.",
  PHONE_PASSWORD_FLOOD: "Too many wrong passwords. Wait a day, and try again.",
  PHONE_CODE_EXPIRED:
    "The code has expired. Start again, and do not forward the code in any Telegram chat: that makes it void.",
  API_ID_INVALID: "TELEGRAM_API_ID and TELEGRAM_API_HASH do not fit together. Compare them with my.telegram.org.",
  API_ID_PUBLISHED_FLOOD: "This TELEGRAM_API_ID is public and blocked. Make your own at my.telegram.org.",
  SIGN_UP_REQUIRED: "There is no Telegram account with this number. Make one in the app first.",
  USER_DEACTIVATED_BAN: "Telegram has banned this account. Write to recover@telegram.org, or use another.",
};

/** Logs in by phone and code. Throws LoginFailed. */
export function loginByPhone(port: LoginPort, asking: Asking): Promise<Profile> {
  return told(async () => {
    const phone = answered(await asking.phone()).replace(/[^\d+]/gu, "");
    const { hash, via } = await port.sendCode(phone);
    const signIn = async (code: string) => port.signIn(phone, hash, code.replace(/\D/gu, ""));
    const signed = await asked(() => asking.code(via), signIn, asking, "PHONE_CODE_INVALID", "That is not the code.");
    if (signed === "password") await askPassword(port, asking);
    return port.self();
  });
}

/** Logs in by a QR code that a phone scans which is logged in. Throws LoginFailed. */
export function loginByQr(port: LoginPort, asking: Asking, clock: Clock): Promise<Profile> {
  return told(async () => {
    const startedAt = clock.now();
    while (clock.now() - startedAt < QR_MAX_MS) {
      const now = await port.qr();
      if (now === "password") await askPassword(port, asking);
      if (typeof now === "string") return port.self();
      await asking.showQr(now.url);
      // Each asking makes another token, so one is asked for only when the one before is scanned or too old.
      await port.scanned(Math.max(QR_SHOWN_MIN_MS, now.expiresAt - clock.now()));
    }
    throw new LoginFailed("Nobody scanned the QR code within 5 minutes. Start again, or log in by phone.");
  });
}

function askPassword(port: LoginPort, asking: Asking): Promise<void> {
  const ask = async () => asking.password(await port.passwordHint());
  return asked(ask, port.checkPassword, asking, "PASSWORD_HASH_INVALID", "That is not the password.");
}

/** Asks until the answer is right, TRIES_MAX times at most. */
async function asked<Result>(
  ask: () => Promise<string | undefined>,
  use: (answer: string) => Promise<Result>,
  asking: Asking,
  wrongCode: string,
  wrong: string,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const answer = answered(await ask());
    try {
      return await use(answer);
    } catch (error) {
      if (!(error instanceof TelegramRefusal) || error.code !== wrongCode) throw error;
      if (attempt === TRIES_MAX) {
        throw new LoginFailed(`${wrong} It was wrong ${TRIES_MAX} times; look it up, and start again.`);
      }
      asking.wrong(wrong);
    }
  }
}

function answered(answer: string | undefined): string {
  if (answer === undefined || answer.trim() === "")
    throw new LoginFailed("Nothing was changed: the login was given up.");
  return answer;
}

async function told<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TelegramRefusal)) throw error;
    const sentence = SENTENCES[error.code];
    if (sentence !== undefined) throw new LoginFailed(sentence, { cause: error });
    if (error.code === "FLOOD_WAIT") {
      const minutes = Math.ceil(error.seconds / 60);
      throw new LoginFailed(`Telegram asks to wait ${minutes} min before the next login.`, { cause: error });
    }
    throw error;
  }
}
