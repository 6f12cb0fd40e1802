import { type Baseline, openBaseline } from "../compare/baseline.js";
import { type Named, openNamed } from "../compare/key-manifest.js";
import type { OnEvent } from "../journal/events.js";
import type { RunRecord } from "../journal/run-record.js";
import type { Scope } from "../model/scope.js";
import type { Session } from "./session.js";

/** Files that a run goes by beside what the store says. */
export interface GivenFiles {
  /** What an audit need not read again. */
  readonly baseline: Baseline | null;
  /** The objects that the run is kept to. */
  readonly named: Named | null;
  /** What run.json says of them. */
  readonly record: Pick<RunRecord, "baseline" | "keyManifest">;
  close(): Promise<void>;
}

/** Reads and sorts them, before anything is written. A resumed run goes by the same ones. */
export async function openGivenFiles(
  { options, earlier }: Pick<Session, "options" | "earlier">,
  scopes: readonly Scope[],
  onEvent: OnEvent,
): Promise<GivenFiles> {
  const { manifest, endpoint, provider, publicKeys, signer } = options;
  if (manifest !== null) onEvent({ kind: "reading-file", path: manifest.path });
  const named = manifest && (await openNamed(manifest, { scopes, earlier: earlier?.keyManifest }));
  const before = earlier?.baseline;
  const isOver = before !== undefined && (before.dropped !== null || before.leftOut !== undefined);
  const wanted = isOver ? null : options.baseline;
  if (wanted !== null) onEvent({ kind: "reading-file", path: wanted.path });
  const signs = signer !== null;
  const auditing = { scopes, endpoint, provider: provider.id, publicKeys, signs, earlier: before };
  const baseline = wanted && (await openBaseline(wanted, auditing).catch(closing(named)));
  if (baseline?.record.leftOut !== undefined) onEvent({ kind: "baseline-left-out" });
  return {
    baseline: baseline?.record.leftOut === undefined ? baseline : null,
    named,
    record: { ...ofBaseline(baseline, earlier), ...(named && { keyManifest: named.record }) },
    close: async () => {
      await named?.objects.close();
      await baseline?.entries.close();
    },
  };
}

function closing(named: Named | null) {
  return async (error: unknown): Promise<never> => {
    await named?.objects.close();
    throw error;
  };
}

/** A resumed run keeps what it went by, dropped or not. */
function ofBaseline(baseline: Baseline | null, earlier: RunRecord | null): Pick<RunRecord, "baseline"> {
  const record = baseline?.record ?? earlier?.baseline;
  return record === undefined ? {} : { baseline: record };
}
