export { type Audit, type AuditOptions, openAudit } from "./audit.ts";
export { AuditFailure } from "./failure.ts";
export { type AuditCheck, verifyAudit } from "./verify.ts";
