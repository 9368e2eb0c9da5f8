export { type Audit, openAudit } from "./audit.ts";
export { createCheckpoints } from "./checkpoints.ts";
export { AuditFailure } from "./failure.ts";
export { type AuditFilter, type AuditLine, readAudit, recentSessions } from "./read.ts";
export { type AuditCheck, verifyAudit } from "./verify.ts";
