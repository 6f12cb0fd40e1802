import { aws } from "./aws.js";
import { backblazeB2 } from "./backblaze-b2.js";
import { cephRgw } from "./ceph-rgw.js";
import { cloudflareR2 } from "./cloudflare-r2.js";
import { generic } from "./generic.js";
import { minio } from "./minio.js";
import { ovhcloud } from "./ovhcloud.js";
import type { ProviderId, ProviderProfile, Refusal } from "./profile.js";
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
function ownsHost(profile: ProviderProfile, host: string): boolean {
  return profile.endpoint.value.hosts.some((pattern) => new RegExp(pattern).test(host));
}

export interface EndpointRequest {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
}

/** The URL and region to use. `problem` is a clause for an error message. */
export type EndpointResolution =
  | { readonly kind: "resolved"; readonly url: string; readonly region: string }
  | { readonly kind: "refused"; readonly problem: string };

/**
 * Returns the URL and region to use, or the reason why there is none, worded for the user. `endpoint` takes
 * precedence over the template. If its host is not the provider's, any region name is accepted.
 */
export function resolveEndpoint(profile: ProviderProfile, request: EndpointRequest): EndpointResolution {
  const { endpoint } = request;
  // A region in a host name is lower case. In other cases an installation may name it freely.
  const region = profile.endpoint.value.template === null ? request.region : request.region?.toLowerCase();
  return endpoint === undefined ? fromTemplate(profile, region) : fromEndpoint(profile, endpoint, region);
}

function fromTemplate(profile: ProviderProfile, region = profile.defaultRegion): EndpointResolution {
  const { template } = profile.endpoint.value;
  if (template === null) return refused(`${profile.name} has no known endpoint; pass its URL as the endpoint`);
  if (region === null) return refused(`${profile.name} needs a region; ${allowedRegions(profile)}`);
  const problem = regionProblem(profile, region);
  return problem === undefined ? resolved(template.replace("{region}", region), region) : refused(problem);
}

function fromEndpoint(profile: ProviderProfile, endpoint: string, given: string | undefined): EndpointResolution {
  if (holdsSecret(endpoint)) return refused(SECRET_IN_ENDPOINT);
  const url = parseHttpUrl(endpoint);
  if (url === undefined) {
    const shown = withoutQuery(endpoint);
    return refused(`endpoint "${shown}" is not a URL; it begins with https:// or http:// and names a host`);
  }
  // The message does not repeat it, since it may contain a secret.
  if (url.search + url.hash !== "") {
    return refused(
      `the endpoint on ${url.host} contains more than scheme, host, port and path; leave keys and queries out`,
    );
  }
  const refusal = matching(profile.endpoint.value.refusedHosts, url.hostname);
  if (refusal !== undefined) return refused(`endpoint "${endpoint}" cannot be used: ${refusal.reason}`);

  const named = regionOfHost(profile, url.hostname);
  const region = given ?? named ?? profile.defaultRegion;
  if (region === null) return refused(`endpoint "${endpoint}" contains no region; ${allowedRegions(profile)}`);
  if (named !== undefined && named !== region) {
    return refused(
      `endpoint "${endpoint}" is in region "${named}", but the given region is "${region}"; leave one out`,
    );
  }
  const own = ownsHost(profile, url.hostname);
  const problem = own ? regionProblem(profile, region) : refusedRegion(profile, region);
  return problem === undefined ? resolved(url.href.replace(/\/+$/, ""), region) : refused(problem);
}

/**
 * No valid endpoint contains an `@`. A password before it may contain any character, so a URL parser cannot
 * be relied on.
 */
export function holdsSecret(endpoint: string): boolean {
  return endpoint.includes("@");
}

/** The part of a URL that a message may repeat: a query may contain a key. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, "");
}

export const SECRET_IN_ENDPOINT =
  "the endpoint contains a user name or a password, which is not repeated here: leave it out, and put keys into the environment";

function parseHttpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? url : undefined;
}

function resolved(url: string, region: string): EndpointResolution {
  return { kind: "resolved", url, region };
}

function refused(problem: string): EndpointResolution {
  return { kind: "refused", problem };
}

/** The region in a host name of this provider, found with its template; `undefined` if there is none. */
function regionOfHost(profile: ProviderProfile, host: string): string | undefined {
  const { template } = profile.endpoint.value;
  if (template === null) return undefined;
  const [before = "", after = ""] = new URL(template.replace("{region}", "region")).hostname.split("region");
  return new RegExp(`(?:^|\\.)${literal(before)}([a-z0-9-]+)${literal(after)}$`).exec(host)?.[1];
}

function literal(text: string): string {
  return text.replaceAll(".", "\\.");
}

/** Why `region` cannot be used with this provider's own endpoints, worded for the user. */
function regionProblem(profile: ProviderProfile, region: string): string | undefined {
  const refusal = refusedRegion(profile, region);
  if (refusal !== undefined) return refusal;
  // It becomes part of the host name, and may come from somebody else's file.
  if (!/^[a-z0-9-]+$/i.test(region))
    return `region "${region}" is not the name of a region; ${allowedRegions(profile)}`;
  const known = profile.regions.value;
  if (known.length === 0 || known.some(({ id, kind }) => id === region && kind !== "local-zone")) return undefined;
  return `${profile.name} has no region "${region}"; ${allowedRegions(profile)}`;
}

/** Why `region` cannot be used with this provider's software on any host. */
function refusedRegion(profile: ProviderProfile, region: string): string | undefined {
  const refusal = matching(profile.refusedRegions.value, region);
  return refusal && `region "${region}" of ${profile.name} cannot be used: ${refusal.reason}`;
}

function allowedRegions(profile: ProviderProfile): string {
  const usable = profile.regions.value.filter(({ kind }) => kind !== "local-zone").map(({ id }) => id);
  return usable.length === 0 ? "pass the region of the bucket" : `pass one of ${usable.join(", ")}`;
}

function matching(refusals: readonly Refusal[], name: string): Refusal | undefined {
  return refusals.find(({ pattern }) => new RegExp(pattern).test(name));
}

/**
 * Amazon's endpoints with a region in the name, or without one (the oldest region). VPC endpoints are tied to
 * one region.
 */
const AMAZONS = /^(s3(?:-fips)?(?:\.dualstack)?)(?:\.[a-z0-9-]+)?(\.amazonaws\.com(?:\.cn)?)$/;

/**
 * The endpoint for a bucket that Amazon reports to be in another region: Amazon's endpoint for that region.
 * If `endpoint` is not Amazon's own, it stays the same, because an answer must not redirect credentials to
 * another host. `null` if there is none.
 */
export function endpointInRegion(endpoint: string, region: string): string | null {
  const url = new URL(endpoint);
  if (!ownsHost(aws, url.hostname)) return endpoint;
  const [, service, domain] = AMAZONS.exec(url.hostname) ?? [];
  if (service === undefined || domain === undefined || !/^[a-z0-9-]+$/.test(region)) return null;
  return `${url.protocol}//${service}.${region}${domain}${url.port === "" ? "" : `:${url.port}`}`;
}
