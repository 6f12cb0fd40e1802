import { type Capabilities, documentedCapabilities } from "../model/capabilities.js";
import type { Scope } from "../model/scope.js";
import type { Fields } from "./fields.js";
import { readCapabilities } from "./read-capabilities.js";
import type { Place } from "./resolve-place.js";

/** What the plan is made from, and where that was taken from. */
export interface KnownCapabilities {
  readonly from: "documents" | "probe";
  readonly values: Capabilities;
}

/** A probe of the very bucket, where one is given; else the provider's documents. */
export async function resolveCapabilities(
  { capabilities: path, allBuckets }: Fields,
  { provider, endpoint }: Place,
  scopes: readonly Scope[],
  problems: string[],
): Promise<KnownCapabilities> {
  const documented: KnownCapabilities = { from: "documents", values: documentedCapabilities(provider) };
  if (path === undefined) return documented;
  const probe = await readCapabilities(path);
  if (probe.kind === "bad") {
    problems.push(probe.problem);
    return documented;
  }
  const others = scopes.map(({ bucket }) => bucket).filter((bucket) => bucket !== probe.bucket);
  if (allBuckets || others.length > 0 || probe.endpoint !== endpoint) {
    const probed = `bucket "${probe.bucket}" at ${probe.endpoint}`;
    problems.push(`--capabilities: "${path}" is a probe of ${probed}: probe each bucket, and run once for each`);
  }
  return { from: "probe", values: probe.capabilities };
}
