import { aws } from "./aws.js";
import { backblazeB2 } from "./backblaze-b2.js";
import { cephRgw } from "./ceph-rgw.js";
import { cloudflareR2 } from "./cloudflare-r2.js";
import { generic } from "./generic.js";
import { minio } from "./minio.js";
import { ovhcloud } from "./ovhcloud.js";
import type { ProviderId, ProviderProfile } from "./profile.js";
import { scaleway } from "./scaleway.js";
import { wasabi } from "./wasabi.js";

/** Every profile by its id. */
export const providers: Readonly<Record<ProviderId, ProviderProfile>> = {
  ovhcloud,
  aws,
  scaleway,
  "ceph-rgw": cephRgw,
  minio,
  "cloudflare-r2": cloudflareR2,
  wasabi,
  "backblaze-b2": backblazeB2,
  generic,
};

/** The profile whose id or alias is `name` (`ovhcloud` or `ovh`, whatever the case); `undefined` for any other name. */
export function findProvider(name: string): ProviderProfile | undefined {
  const wanted = name.toLowerCase();
  return Object.values(providers).find((profile) => profile.id === wanted || profile.aliases.includes(wanted));
}

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
