import type { BaselineOptions } from "../compare/baseline.js";
import type { ManifestOptions } from "../compare/key-manifest.js";
import type { ConfirmPlan, ConfirmRemoval } from "../model/policy.js";
import type { KnownCapabilities } from "./capabilities-file.js";
import { DEFAULT_SAMPLE_PERCENT, type Fields } from "./option-table.js";
import type { Place } from "./place.js";

const STANDARD = "STANDARD";

/**
 * The storage class for copies of objects that were restored from an archive. The store must be known to have
 * it and to read from it immediately.
 */
export function resolveRestoredClass(
  { restoredClass, acceptLoss }: Fields,
  { provider }: Place,
  { values }: KnownCapabilities,
  problems: string[],
): string | null {
  if (restoredClass === undefined) return null;
  const online = [...new Set([STANDARD, ...values.onlineClasses])];
  if (!online.includes(restoredClass)) {
    problems.push(
      `--restored-class: "${restoredClass}" is not a storage class of ${provider.name} with immediate access: give one of ${online.join(", ")}`,
    );
  }
  if (acceptLoss.includes("restore")) {
    problems.push(
      "--restored-class keeps restored objects readable, and --accept-loss restore archives them again: give only one of the two",
    );
  }
  return restoredClass;
}

type Given = Pick<Fields, "to" | "versions" | "noncurrent" | "yes" | "confirm" | "dryRun">;

/** Contradictions between the options about versions. */
export function versionProblems({ to, versions, noncurrent, yes, confirm, dryRun }: Given): string[] {
  if (versions === "current") return [];
  const problems: string[] = [];
  if (!noncurrent)
    problems.push(
      `--no-noncurrent skips the versions that --versions ${versions} has to examine: give only one of the two`,
    );
  if (versions === "replay" && to !== "sse-s3") {
    problems.push(`--to ${to}: --versions replay re-creates noncurrent versions with SSE-S3 only`);
  }
  if (!yes && !dryRun && confirm === undefined) {
    problems.push(`--versions ${versions} permanently removes versions: give --yes, or (library) a confirm function`);
  }
  return problems;
}

/** The functions that ask for confirmation; `null` if the options already contain the answer. */
export function confirmOf({ yes, confirm, confirmPlan }: Pick<Fields, "yes" | "confirm" | "confirmPlan">): {
  readonly confirm: ConfirmRemoval | null;
  readonly confirmPlan: ConfirmPlan | null;
} {
  return yes ? { confirm: null, confirmPlan: null } : { confirm: confirm ?? null, confirmPlan: confirmPlan ?? null };
}

/** Options that workers on other machines cannot share. */
export function queueProblems(known: Fields): string[] {
  if (known.queue === undefined) return [];
  const { manifest, baseline, workers, capabilities } = known;
  const alone = {
    "--manifest": manifest,
    "--baseline": baseline,
    "--workers": workers,
    "--capabilities": capabilities,
  };
  const others = Object.entries(alone).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (known.versions === "replay") others.push("--versions replay");
  return others.map((name) => `${name} works on one machine only: leave it out, or leave --queue out`);
}

/** The list that limits the run to its objects; `null` if there is none. */
export function resolveManifest(
  { manifest, manifestFormat, manifestKeys }: Fields,
  problems: string[],
): ManifestOptions | null {
  if (manifest !== undefined) return { path: manifest, format: manifestFormat ?? null, keys: manifestKeys ?? null };
  if (manifestFormat !== undefined) problems.push("--manifest-format needs a manifest: give --manifest FILE");
  if (manifestKeys !== undefined) problems.push("--manifest-keys needs a manifest: give --manifest FILE");
  return null;
}

/** The earlier run to use as the baseline; `null` if there is none. */
export function resolveBaseline(
  { baseline, baselineSample, baselineSeed }: Fields,
  problems: string[],
): BaselineOptions | null {
  if (baseline !== undefined) {
    return { path: baseline, samplePercent: baselineSample ?? DEFAULT_SAMPLE_PERCENT, seed: baselineSeed ?? null };
  }
  const alone = { "--baseline-sample": baselineSample, "--baseline-seed": baselineSeed };
  for (const [name, value] of Object.entries(alone)) {
    if (value !== undefined) problems.push(`${name} needs a baseline: give --baseline RUN_FOLDER`);
  }
  return null;
}
