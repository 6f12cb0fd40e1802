import type { OnEvent } from "../../migrate/index.js";
import { visibleText } from "../../migrate/model/text.js";
import { capabilityWords } from "../../migrate/report/words.js";
import { note, warn } from "./terminal.js";
import { wrap } from "./wrap.js";

/** Says what a bucket was found to be able to do, and what was not, before its first copy, and which locations are not seen; `quiet` leaves the warnings. */
export function probedLine({ quiet }: { readonly quiet: boolean }): OnEvent {
  return (event) => {
    if (event.kind === "bucket-warning") warn(`${event.bucket}: ${event.warning}`);
    if (event.kind === "unseen")
      warn(`s3://${event.scope.bucket}/${event.scope.prefix} is not seen: ${event.unseen.detail}`);
    if (event.kind !== "probed") return;
    const { bucket, from, capabilities, warnings } = event;
    const { columns } = process.stderr;
    const words = capabilityWords({ from, values: { ...capabilities } });
    if (!quiet) note(wrap(`${visibleText(bucket)}: ${words}`, { columns, indent: "  " }));
    for (const warning of warnings) warn(`${bucket}: ${warning}`);
  };
}
