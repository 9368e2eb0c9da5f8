import { type Detector, entropyOf, isMixed, isPlaceholder } from "../detector.ts";

/** People choose passwords, also short ones. */
const PASSWORDS = "(?:passw(?:or)?d|passphrase|pwd|pass|пароль)";
/** Machines make keys, and longer. */
const KEYS =
  "(?:secret|token|credentials?|(?:api|access|private|auth|secret|account|encryption|master)[_-]?key|sharedaccesskey|(?<=[_-])key|user[_-]?auth|nonce|salt|sig|токен|секрет)";
const KEY_CHARACTERS_MIN = 10;
const OPERATOR = String.raw`\d{0,2}\]{0,2}\\{0,3}["'\x60]?\s{0,4}(?:=>|:=|\?=|[:=])=?\s{0,4}(?:\\{0,3}["'\x60])?`;
const VALUE = String.raw`[^\s"'\x60,;<>(){}[\]\\&|]`;

/** The token of a badge stands in a public README, so that everybody may load the picture. */
const NOT_IN_BADGE = String.raw`(?<!\.svg\?)`;

/** `password=…`, `"apiKey": "…"`, `CLIENT_SECRET := …`: a name that says secret, and a value that could be one. */
export const assignment: Detector = {
  name: "assignment",
  pattern: new RegExp(
    `${NOT_IN_BADGE}(?:${PASSWORDS}${OPERATOR}|${KEYS}${OPERATOR}(?=${VALUE}{${KEY_CHARACTERS_MIN}}))(?<secret>${VALUE}{8,200}={0,2})`,
    "dgi",
  ),
  accepts: (secret) =>
    isMixed(secret) &&
    !isPlaceholder(secret) &&
    !isNameOrPlace(secret) &&
    !/1234567890/.test(secret) &&
    entropyOf(secret) > 2,
  examples: {
    catches: [
      "password=hunter22!",
      'apiKey: "q8Zt4nXw2Lr9"',
      "CLIENT_SECRET := 'f00d-f4ce-1234'",
      "db_password: tr0ub4dor&3",
      "пароль: qwerty123",
      "AccountKey=lJzRc1YdHaAA2KCNJJ1tkYwF/+mKK6Ygw0NGe170Xu592euJv2wYUtBlV8z+qnlcNQSnIYVTkLWntUO1F8j8rQ==",
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
      'botToken: "alerts-token-2"',
      "io.jsonwebtoken:jjwt-jackson-0.11.2",
      "[![coverage](https://codecov.example/main/graph/badge.svg?token=bRzR3RyOXZ)](https://codecov.example)",
      "_authToken=743b294a-cd03-11ec-9d64-0242ac120002",
      "token: xoxp-1234-1234-1234-4ddbc191d40e",
    ],
  },
};

/** A path, an address, a version, or a place in code such as `config.tokens2.value`. */
function isNameOrPlace(value: string): boolean {
  return (
    /^(?:[a-z]+:\/\/|[./~@$])/i.test(value) ||
    /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)+[!?;]?$/.test(value) ||
    /^[a-z]+(?:-[a-z]+)*-\d+(?:\.\d+)+$/.test(value) ||
    /^[A-Za-z0-9_-]{1,60}\.(?:pem|key|crt|cer|p12|txt|json|ya?ml|env|md|ts|js|py)$/i.test(value)
  );
}
