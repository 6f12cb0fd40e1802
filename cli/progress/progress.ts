import type { OnEvent } from "../../migrate/index.js";

export interface Progress {
  readonly onEvent: OnEvent;
  /** Whether it has a use for knowing how many objects there are. */
  readonly wantsCount: boolean;
  readonly stop: () => void;
  /** Lets something be written where the progress stands, which then goes on below. */
  readonly above: (write: () => void) => void;
}
