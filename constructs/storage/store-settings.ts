import { type ProviderProfile, providerForEndpoint, resolveEndpoint } from "../../providers/index.js";
import { isKnownLater } from "../features/literal.js";
import type { ObjectStorageProviderProps } from "./object-storage-provider.js";

export interface StoreSettings {
  readonly url: string;
  readonly region: string;
  readonly pathStyle: boolean;
  /** Not the store itself but a server standing in for it: a rehearsal, a proxy. */
  readonly standIn: boolean;
}

export type SettingsResolution =
  | { readonly kind: "resolved"; readonly settings: StoreSettings }
  | { readonly kind: "refused"; readonly problem: string };

/** Endpoint and addressing for a store; names that Terraform only knows later are taken as they are. */
export function storeSettings(profile: ProviderProfile, props: ObjectStorageProviderProps): SettingsResolution {
  const { endpoint } = props;
  const standIn = endpoint !== undefined && !isOwnEndpoint(profile, endpoint);
  const pathStyle = props.pathStyle ?? (standIn || profile.addressing.value === "path");
  const found = hasTokens(props) ? fromTokens(profile, props) : resolveEndpoint(profile, props);
  return found.kind === "refused"
    ? found
    : { kind: "resolved", settings: { url: found.url, region: found.region, pathStyle, standIn } };
}

function hasTokens({ endpoint, region }: ObjectStorageProviderProps): boolean {
  return isKnownLater(endpoint) || isKnownLater(region);
}

function isOwnEndpoint(profile: ProviderProfile, endpoint: string): boolean {
  return !isKnownLater(endpoint) && providerForEndpoint(endpoint).id === profile.id && profile.id !== "generic";
}

function fromTokens(profile: ProviderProfile, props: ObjectStorageProviderProps): ReturnType<typeof resolveEndpoint> {
  const region = props.region ?? profile.defaultRegion;
  if (region === null) {
    return { kind: "refused", problem: "region is missing; it cannot be told from an endpoint that is a reference" };
  }
  const url = props.endpoint ?? profile.endpoint.value.template?.replace("{region}", region);
  return url === undefined
    ? { kind: "refused", problem: `${profile.name} has no endpoint known beforehand; pass its URL as the endpoint` }
    : { kind: "resolved", url, region };
}
