import type { ProviderProfile } from "./profile.js";
import { providers } from "./providers.js";

/** The profile that `url` belongs to by its host; `generic` for a host of nobody known, or what is no URL at all. */
export function providerForEndpoint(url: string): ProviderProfile {
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  const owner = Object.values(providers).find((profile) => ownsHost(profile, host));
  return owner ?? providers.generic;
}

/** Whether `host` is one of the provider's own, as opposed to a proxy or a local server standing in for it. */
export function ownsHost(profile: ProviderProfile, host: string): boolean {
  return profile.endpoint.value.hosts.some((pattern) => new RegExp(pattern).test(host));
}
