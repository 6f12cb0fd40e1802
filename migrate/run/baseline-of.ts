import { type Baseline, openBaseline } from "../baseline/open-baseline.js";
import type { RunRecord, Scope } from "../journal/run-record.js";
import type { OnEvent } from "./progress-event.js";
import type { Session } from "./session.js";

/** The baseline of a session, verified; `null` where none was given, or an earlier session found that it does not hold. */
export async function baselineOf(
  { options, earlier }: Pick<Session, "options" | "earlier">,
  scopes: readonly Scope[],
  onEvent: OnEvent,
): Promise<Baseline | null> {
  const known: RunRecord["baseline"] = earlier?.baseline;
  if (options.baseline === null || (known !== undefined && known.dropped !== null)) return null;
  onEvent({ kind: "verifying", path: options.baseline.path });
  const { endpoint, provider } = options;
  return openBaseline(options.baseline, { scopes, endpoint, provider: provider.id, earlier: known });
}
