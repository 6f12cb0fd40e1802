import type { PolicyStatement } from "./policy-statement.js";

export interface AskedStatement {
  /** The property or method, as its user knows it. */
  readonly askedBy: string;
  readonly statement: PolicyStatement;
}
