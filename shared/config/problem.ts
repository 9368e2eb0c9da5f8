/** What stops a start: something that a person wrote cannot be used. */
import { OperationalError } from "../base/index.ts";

/** Something a person wrote in a file cannot be used. The message names the file, the place in it and what to do next. */
export class ConfigProblem extends OperationalError {
  override readonly name = "ConfigProblem";
}

/** A variable has a value that cannot be used. The message names it, what it may be, and where to change it. */
export class BadVariable extends OperationalError {
  override readonly name = "BadVariable";
}
