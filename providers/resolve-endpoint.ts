import type { ProviderProfile } from "./profile.js";
import { ownsHost } from "./provider-for-endpoint.js";
import { regionOfHost } from "./region-of-host.js";
import { allowedRegions, matching, refusedRegion, regionProblem } from "./region-problem.js";

export interface EndpointRequest {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
}

export type EndpointResolution =
  | { readonly kind: "resolved"; readonly url: string; readonly region: string }
  | { readonly kind: "refused"; readonly problem: string };

/**
 * The URL and region to use, or the reason why there is none, in words for the user.
 * An `endpoint` wins over the template; on a host that is not the provider's own any region name is taken.
 */
export function resolveEndpoint(profile: ProviderProfile, request: EndpointRequest): EndpointResolution {
  const { endpoint } = request;
  // Where the region is part of a host name it is lower case; elsewhere an installation may name it as it likes.
  const region = profile.endpoint.value.template === null ? request.region : request.region?.toLowerCase();
  return endpoint === undefined ? fromTemplate(profile, region) : fromEndpoint(profile, endpoint, region);
}

function fromTemplate(profile: ProviderProfile, region = profile.defaultRegion): EndpointResolution {
  const { template } = profile.endpoint.value;
  if (template === null)
    return refused(`${profile.name} has no endpoint known beforehand; pass its URL as the endpoint`);
  if (region === null) return refused(`${profile.name} needs a region; ${allowedRegions(profile)}`);
  const problem = regionProblem(profile, region);
  return problem === undefined ? resolved(template.replace("{region}", region), region) : refused(problem);
}

function fromEndpoint(profile: ProviderProfile, endpoint: string, given: string | undefined): EndpointResolution {
  if (holdsSecret(endpoint)) return refused(SECRET_IN_ENDPOINT);
  const url = parseHttpUrl(endpoint);
  if (url === undefined) {
    return refused(`endpoint "${endpoint}" is not a URL; it begins with https:// or http:// and names a host`);
  }
  // Not repeated in the message, since it may hold a secret.
  if (url.search + url.hash !== "") {
    return refused(
      `the endpoint on ${url.host} holds more than scheme, host, port and path; leave keys and queries out`,
    );
  }
  const refusal = matching(profile.endpoint.value.refusedHosts, url.hostname);
  if (refusal !== undefined) return refused(`endpoint "${endpoint}" cannot be used: ${refusal.reason}`);

  const named = regionOfHost(profile, url.hostname);
  const region = given ?? named ?? profile.defaultRegion;
  if (region === null) return refused(`endpoint "${endpoint}" names no region; ${allowedRegions(profile)}`);
  if (named !== undefined && named !== region) {
    return refused(`endpoint "${endpoint}" is of region "${named}" but the region given is "${region}"; leave one out`);
  }
  const own = ownsHost(profile, url.hostname);
  const problem = own ? regionProblem(profile, region) : refusedRegion(profile, region);
  return problem === undefined ? resolved(url.href.replace(/\/+$/, ""), region) : refused(problem);
}

/** No endpoint has an `@` of its own; a password before it may hold anything, so that no parser can be asked. */
export function holdsSecret(endpoint: string): boolean {
  return endpoint.includes("@");
}

export const SECRET_IN_ENDPOINT =
  "the endpoint holds a user name or a password, which is not repeated here: leave it out, and put keys into the environment";

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
