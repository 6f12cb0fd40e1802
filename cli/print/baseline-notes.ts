import type { OnEvent } from "../../migrate/index.js";
import { visibleText } from "../../migrate/model/text.js";
import { note, warn } from "./terminal.js";

/** Says what takes a while before the first object, and that all is read after all; `quiet` leaves the latter. */
export function baselineNotes({ quiet }: { readonly quiet: boolean }): OnEvent {
  return (event) => {
    if (event.kind === "reading-file" && !quiet) note(`reading ${visibleText(event.path)}`);
    if (event.kind === "baseline-left-out") {
      warn(
        "the baseline is left out, and every object is read: this run is signed, and nothing says who signed the baseline: give its --public-key to go by it",
      );
    }
    if (event.kind !== "baseline-dropped") return;
    const { bucket, key, detail } = event.contradiction;
    warn(`the baseline does not hold, and every object is read: s3://${bucket}/${key}: ${detail}`);
  };
}
