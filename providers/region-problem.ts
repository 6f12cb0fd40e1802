import type { ProviderProfile, Refusal } from "./profile.js";

/** Why `region` cannot be used with this provider's own endpoints, in words for the user. */
export function regionProblem(profile: ProviderProfile, region: string): string | undefined {
  const refusal = refusedRegion(profile, region);
  if (refusal !== undefined) return refusal;
  // It becomes a part of the host name, and may come from a file of somebody else.
  if (!/^[a-z0-9-]+$/i.test(region)) return `region "${region}" is no region's name; ${allowedRegions(profile)}`;
  const known = profile.regions.value;
  if (known.length === 0 || known.some(({ id, kind }) => id === region && kind !== "local-zone")) return undefined;
  return `${profile.name} has no region "${region}"; ${allowedRegions(profile)}`;
}

/** Why `region` cannot be used with this provider's software at all, whatever the host. */
export function refusedRegion(profile: ProviderProfile, region: string): string | undefined {
  const refusal = matching(profile.refusedRegions.value, region);
  return refusal && `region "${region}" of ${profile.name} cannot be used: ${refusal.reason}`;
}

export function allowedRegions(profile: ProviderProfile): string {
  const usable = profile.regions.value.filter(({ kind }) => kind !== "local-zone").map(({ id }) => id);
  return usable.length === 0 ? "pass the region of the bucket" : `pass one of ${usable.join(", ")}`;
}

export function matching(refusals: readonly Refusal[], name: string): Refusal | undefined {
  return refusals.find(({ pattern }) => new RegExp(pattern).test(name));
}
