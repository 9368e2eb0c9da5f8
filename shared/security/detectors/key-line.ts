import { type Detector, entropyOf } from "../detector.ts";

const ENTROPY_MIN = 4.6;

/** One line of a PEM body, torn out of its key: exactly 64 characters of base64, as random as key bytes are. */
export const keyLine: Detector = {
  name: "key-line",
  pattern: /(?<=^|["'`]|(?<![=:])[ \t]|\\n|\n)[A-Za-z0-9+/]{64}(?=$|["'`\s]|\\n)/dg,
  accepts: (line) =>
    /[A-Z].*[A-Z].*[A-Z]/.test(line) &&
    /[a-z].*[a-z].*[a-z]/.test(line) &&
    /\d.*\d/.test(line) &&
    entropyOf(line) >= ENTROPY_MIN,
  examples: {
    catches: ["#6 0.245 QmGx1sx+wlPtQ3q1f9tFYFMAwpIWsCGFd3DDKyA5QTBSc2wfcyBgIcZotBV0Ic2H"],
    passes: [
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    ],
  },
};
