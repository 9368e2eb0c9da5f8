import type { Detector } from "../detector.ts";

/** Signed tokens: a header that names its algorithm, claims, and a signature that may be missing; also the whole in base64 once more. */
export const jwt: Detector = {
  name: "jwt",
  pattern:
    /(?<![A-Za-z0-9_-])(?:eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{4,6000}(?:\.[A-Za-z0-9_-]{0,1000})?|ZXlK[A-Za-z0-9+/]{40,8000}={0,2})/dg,
  accepts: (token) => {
    const outer = token.startsWith("eyJ") ? token : Buffer.from(token, "base64").toString();
    return /"(?:alg|typ|enc|kid)"/.test(Buffer.from(outer.split(".")[0] ?? "", "base64url").toString());
  },
  examples: {
    catches: [
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiJ9.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiJ9",
    ],
    passes: ["eyJhbGciOiJIUzI1NiJ9", "eyJ.eyJ.x", "a.b.c"],
  },
};
