import { type Detector, isMixed, isPlaceholder } from "../detector.ts";

/** `password=…`, `"apiKey": "…"`, `CLIENT_SECRET := …`: a name that says secret, and a value that could be one. */
export const assignment: Detector = {
  name: "assignment",
  pattern:
    /(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|secret[_-]?key|пароль|токен)\d{0,2}["'`]?\s{0,4}(?:=>|:=|[:=])\s{0,4}["'`]?(?<secret>[^\s"'`,;<>(){}[\]\\&|]{8,200})/dgi,
  accepts: (secret) => isMixed(secret) && !isPlaceholder(secret) && !isNameOrPlace(secret),
  examples: {
    catches: [
      "password=hunter22!",
      'apiKey: "q8Zt4nXw2Lr9"',
      "CLIENT_SECRET := 'f00d-f4ce-1234'",
      "db_password: tr0ub4dor&3",
      "пароль: qwerty123",
    ],
    passes: [
      "password is required: see step 12",
      "token = config.tokens2.value",
      "secret: ${SECRET_1}",
      "tokens: 12345678",
      'password = ""',
      "api_key: your-api-key-123",
      "token: https://example.net/token1",
      "pwd=/home/kaos/app1",
    ],
  },
};

/** A path, an address, or a place in code such as `config.tokens2.value`. */
function isNameOrPlace(value: string): boolean {
  return (
    /^(?:[a-z]+:\/\/|[./~@$])/i.test(value) || /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)+[!?;]?$/.test(value)
  );
}
