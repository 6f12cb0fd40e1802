import type { StandardId } from "./standards.js";

/** A requirement of a standard that encryption at rest has to do with. */
export interface Control {
  readonly standard: StandardId;
  /** As the standard numbers it. */
  readonly id: string;
  readonly title: string;
  /** What the requirement is about, in this project's words. */
  readonly asks: string;
  /** What no run of this tool can show of it. */
  readonly notShown: string;
  readonly source: string;
}
