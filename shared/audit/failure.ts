/** What can fail about a log. */
import { OperationalError } from "../base/index.ts";

/** The audit log cannot be opened, read or written. While it cannot be written, no tool runs. */
export class AuditFailure extends OperationalError {
  override readonly name = "AuditFailure";
}
