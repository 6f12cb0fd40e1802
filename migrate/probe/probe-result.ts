import type { ProviderId } from "../../providers/index.js";
import type { Capabilities } from "../plan/capabilities.js";
import type { Leftover } from "./clean-up.js";
import type { Documented } from "./documented.js";
import type { Finding } from "./finding.js";
import type { Obstacle } from "./may-write.js";

/** A finding beside what the provider documents. */
export type ProbeFinding = Finding & { readonly documented: Documented };

export interface ProbeResult {
  readonly bucket: string;
  /** What the keys of the throw-away objects began with. */
  readonly folder: string;
  readonly provider: ProviderId;
  readonly endpoint: string;
  readonly region: string;
  /** ISO 8601. */
  readonly probedAt: string;
  readonly end: "completed" | "interrupted";
  /** Why the experiments that write were left out; `null` where they were not. */
  readonly obstacle: Obstacle | null;
  readonly findings: readonly ProbeFinding[];
  /** IAM actions of which one or more are missing, by what was refused. */
  readonly missingRights: readonly string[];
  /** What could not be deleted again. */
  readonly leftovers: readonly Leftover[];
  /** What a plan is made from: as found, and as documented where nothing was found. */
  readonly capabilities: Capabilities;
}
