import { aws } from "./aws.js";
import { ownsHost } from "./provider-for-endpoint.js";

/** Amazon's endpoints that name a region, or the oldest one by naming none. Those of a VPC are of one region for good. */
const AMAZONS = /^(s3(?:-fips)?(?:\.dualstack)?)(?:\.[a-z0-9-]+)?(\.amazonaws\.com(?:\.cn)?)$/;

/**
 * Where a bucket of another region is asked that Amazon says is there: Amazon's endpoint for that region, or the same endpoint if it is not
 * Amazon's own, since credentials go to no other host by the word of an answer. `null` if there is none.
 */
export function endpointInRegion(endpoint: string, region: string): string | null {
  const url = new URL(endpoint);
  if (!ownsHost(aws, url.hostname)) return endpoint;
  const [, service, domain] = AMAZONS.exec(url.hostname) ?? [];
  if (service === undefined || domain === undefined || !/^[a-z0-9-]+$/.test(region)) return null;
  return `${url.protocol}//${service}.${region}${domain}${url.port === "" ? "" : `:${url.port}`}`;
}
