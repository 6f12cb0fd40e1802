import type { JournalWriter } from "../journal/journal-writer.js";
import type { Road } from "../object/context.js";
import { processObject } from "../object/process-object.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { ScopeContext } from "../run/process-scope.js";
import { processChain } from "./replay-chain.js";

/** How the objects of a run are processed, where their older versions go with them. */
export function processOf(
  { versions }: Pick<ResolvedOptions, "versions">,
  { mode }: Pick<Road, "mode">,
  journal: Pick<JournalWriter, "append">,
): Pick<ScopeContext, "process"> {
  if (versions !== "replay" || mode !== "migrate") return {};
  return {
    process: (ref, road) =>
      ref.notAsNamed === undefined ? processChain(ref, road, journal) : processObject(ref, road),
  };
}
