import type { NetworkOptions } from "../../migrate/index.js";

/** The variables that curl, Python and AWS's tools go by. Proxies are spelt either way, and in lower case first. */
export function networkOfEnvironment(): { readonly network?: NetworkOptions } {
  const { env } = process;
  const either = (name: string) => env[name] || env[name.toUpperCase()] || undefined;
  const network = {
    httpProxy: either("http_proxy"),
    httpsProxy: either("https_proxy"),
    noProxy: either("no_proxy"),
    caBundle: env.AWS_CA_BUNDLE || undefined,
    extraCaCerts: env.NODE_EXTRA_CA_CERTS || undefined,
  };
  return Object.values(network).some((value) => value !== undefined) ? { network } : {};
}
