import type { OnEvent } from "../../migrate/index.js";
import { countOf } from "../../migrate/model/text.js";
import { type Slowed, slowedBy, slowedWords } from "../progress/slowed-words.js";
import { note } from "./terminal.js";

export interface Slowest {
  readonly onEvent: OnEvent;
  /** On stderr; nothing where the store took all that it was sent. */
  readonly print: () => void;
}

/** Keeps how far the rates fell, to be told at the end: why a run took as long as it did. */
export function slowest(): Slowest {
  let lowest: Slowed = {};
  let retries = 0;
  return {
    onEvent(event) {
      if (event.kind === "retry") retries += 1;
      if (event.kind !== "rate" || event.perSecond === event.ceiling) return;
      const earlier = lowest[event.access]?.perSecond ?? Number.POSITIVE_INFINITY;
      if (event.perSecond !== null && event.perSecond < earlier) lowest = slowedBy(lowest, event);
    },
    print() {
      const words = slowedWords(lowest);
      if (words === "") return;
      const again = countOf(retries, "call was tried again", "calls were tried again");
      note(`throttled: the store did not take all that it was sent: ${words} at the slowest; ${again}`);
    },
  };
}
