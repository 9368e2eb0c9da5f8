import { type Detector, isPlaceholder } from "../detector.ts";

/** Cookies that carry a session: in a header, in a cookie jar, or by a name that says so. */
export const cookie: Detector = {
  name: "cookie",
  pattern:
    /(?<![A-Za-z0-9])[\w.-]{0,30}(?:sess(?:ion)?(?:_?id)?|sid|auth|token|jwt|csrf|xsrf|remember|login)[\w.-]{0,20}=(?<secret>[A-Za-z0-9%+/_.-]{16,2000}={0,2})(?=[;\s"'`,]|$)/dgi,
  accepts: (secret) => /\d/.test(secret) && /[A-Za-z]/.test(secret) && !isPlaceholder(secret),
  examples: {
    catches: ["Set-Cookie: session=a1B2c3D4e5F6g7H8; HttpOnly", "_gitlab_session=oeyi5uznwwjqzakn4ntguzjcsn454wm6"],
    passes: ["Set-Cookie: theme=dark", "session=<session id>", "sid=12"],
  },
};
