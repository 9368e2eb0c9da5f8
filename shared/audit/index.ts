export { type Audit, type AuditOptions, openAudit } from "./audit.ts";
export { createCheckpoints } from "./checkpoints.ts";
export { type AuditFilter, type AuditLine, readAudit, recentSessions } from "./entries.ts";
export { AuditFailure } from "./failure.ts";
export { type AuditCheck, type VerifyOptions, verifyAudit } from "./verify.ts";
