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

/** Every profile by its ID. */
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

/**
 * The profile with the ID or alias `name` (`ovhcloud` or `ovh`, case-insensitive); `undefined` for any other
 * name.
 */
export function findProvider(name: string): ProviderProfile | undefined {
  const wanted = name.toLowerCase();
  return Object.values(providers).find((profile) => profile.id === wanted || profile.aliases.includes(wanted));
}

/** The profile for the host of `url`; `generic` if the host is unknown or `url` is not a URL. */
export function providerForEndpoint(url: string): ProviderProfile {
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  const owner = Object.values(providers).find((profile) => ownsHost(profile, host));
  return owner ?? providers.generic;
}

/** Whether `host` belongs to the provider, as opposed to a proxy or a local server in its place. */
export function ownsHost(profile: ProviderProfile, host: string): boolean {
  return profile.endpoint.value.hosts.some((pattern) => new RegExp(pattern).test(host));
}
