import { type Detector, isPlaceholder } from "../detector.ts";

/** The password in an address: connection strings of databases and queues, and pages behind a login. */
export const urlPassword: Detector = {
  name: "url-password",
  pattern: /(?<![A-Za-z0-9])[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/"'`<>]{0,100}:(?<secret>[^\s@/"'`<>]{3,200})@/dgi,
  accepts: (secret) => !isPlaceholder(secret) && !/^(?:pass|passwd|password|pwd|secret)$/i.test(secret),
  examples: {
    catches: [
      "postgres://app:s3cr3t-pw@db.internal:5432/app",
      "redis://:hunter22@cache",
      "mongodb+srv://u:p%40ss@c0.example.net/x",
    ],
    passes: [
      "https://host:8080/@user",
      "postgres://user:password@localhost/db",
      "amqp://user:${PASSWORD}@queue",
      "http://example.net:80",
    ],
  },
};
