import type { Detector } from "../detector.ts";

/** Signed tokens: a header and claims that begin with `{"`, and a signature. */
export const jwt: Detector = {
  name: "jwt",
  pattern: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{4,6000}\.[A-Za-z0-9_-]{0,1000}/dg,
  examples: {
    catches: ["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiJ9.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"],
    passes: ["eyJhbGciOiJIUzI1NiJ9", "eyJ.eyJ.x", "a.b.c"],
  },
};
