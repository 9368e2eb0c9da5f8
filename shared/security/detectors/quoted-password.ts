import { type Detector, isPlaceholder } from "../detector.ts";

/** A password in quotes, with whatever characters: `db_pass = "A,.:-¨@*¿?!"`. */
export const quotedPassword: Detector = {
  name: "quoted-password",
  pattern:
    /(?:passw(?:or)?d|passphrase|pwd|pass|secrete?|api_?key|private_?key)["']?[\])]{0,2}\s{0,3}(?:=>|:=|={1,3}|!==?|:)\s{0,3}@?(?<quote>["'])(?<secret>(?:(?!\k<quote>)[^\n]){6,120})\k<quote>/dgi,
  accepts: isStrong,
  examples: {
    catches: ['password = "m{{h}o)p${e]nob(ody"', "db_pass: 'A,.:-¨@*¿?!'"],
    passes: [
      'password = "Enter your password"',
      'secret: "${SECRET}"',
      'password: "changeme"',
      'pass: "string | undefined"',
      'api_key = "{{ api_key }}"',
    ],
  },
};

/** No spaces, and characters of three kinds. */
function isStrong(secret: string): boolean {
  if (/\s/.test(secret) || !/[A-Za-z]/.test(secret) || isPlaceholder(secret) || /^[\w.-]+\(.*\)$/.test(secret))
    return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\w\s.:/-]/].filter((kind) => kind.test(secret)).length;
  return kinds >= 3 || (secret.match(/[^\w\s.:/-]/g)?.length ?? 0) >= 3;
}
