import type { Contradiction } from "../journal/run-record.js";

/** A sampled object is as the baseline has it by its listing, and is not by its own answer: nothing of the baseline can be relied on. */
export class BaselineContradicted extends Error {
  override readonly name = "BaselineContradicted";
  readonly contradiction: Contradiction;

  constructor(contradiction: Contradiction) {
    super(`the baseline is contradicted: ${contradiction.detail}`);
    this.contradiction = contradiction;
  }
}
