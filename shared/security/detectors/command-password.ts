import { type Detector, isPlaceholder } from "../detector.ts";

/** Passwords on a command line, in SQL, and beside a name: `--password x`, `curl -u me:x`, `IDENTIFIED BY 'x'`, `pw:x`. */
export const commandPassword: Detector = {
  name: "command-password",
  pattern:
    /(?:(?<![\w-])--?(?:password|passwd|passphrase|pass|pw|secret|token|api[-_]?key|softlayer-api-key)[\s=]{1,3}["']?|(?<!\w)(?:curl|wget)\b[^\n|]{0,120}?(?:-u|--user)[\s=]{1,8}["']?[^\s:"'$<{[]{1,80}:|\b(?:identified\s{1,3}by|with\s{1,3}(?:encrypted\s{1,3})?password|password)\s{1,3}(?=["'])["']|(?<![\w-])(?:pw|pwd|pass|pswd|пароль)\s{0,2}[:=]\s{0,2}["']?|_?userpwd,\s{0,2}["'][^\s:"']{1,80}:|identified\s{1,3}by\s{1,3})(?<secret>[^\s"'`,;<>\\]{5,200})/dgi,
  accepts: (secret) =>
    !isPlaceholder(secret) &&
    (/\d/.test(secret) || /[^\w\s.:/-]/.test(secret)) &&
    /[A-Za-z]/.test(secret) &&
    !/^[\w.-]*\(|^\$|^[/.~]|^[a-z]+:\/\//.test(secret),
  examples: {
    catches: [
      "mysql -u root --password Sne3sd8AZjq",
      "curl -u app:s3cr3t-9 https://x",
      "CREATE USER u IDENTIFIED BY 'SqLpa5s';",
      "pw:IhqSb1Gg",
    ],
    passes: [
      "--password <password>",
      "curl -u user:$PASSWORD https://x",
      "pass: see step twelve",
      "the password 'is' required",
      "--token file.txt",
    ],
  },
};
