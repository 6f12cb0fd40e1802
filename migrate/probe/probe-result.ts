import type { ProviderId } from "../../providers/index.js";
import type { Documented } from "./documented.js";
import type { Finding } from "./finding.js";
import type { Probed } from "./probe-bucket.js";

/** A finding beside what the provider documents. */
export type ProbeFinding = Finding & { readonly documented: Documented };

export interface ProbeResult extends Omit<Probed, "findings" | "cutOffBy"> {
  readonly bucket: string;
  readonly provider: ProviderId;
  readonly endpoint: string;
  readonly region: string;
  readonly findings: readonly ProbeFinding[];
}
