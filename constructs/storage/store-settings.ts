import { type ProviderId, type ProviderProfile, providerForEndpoint, resolveEndpoint } from "../../providers/index.js";
import { defined, isKnownLater } from "../values.js";

export interface StoreSettings {
  readonly url: string;
  readonly region: string;
  readonly pathStyle: boolean;
  /** Whether the endpoint is a server that stands in for the store, such as a proxy or a local server. */
  readonly standIn: boolean;
}

type SettingsResolution =
  | { readonly kind: "resolved"; readonly settings: StoreSettings }
  | { readonly kind: "refused"; readonly problem: string };

/** Endpoint and addressing for a store. Values that only Terraform knows pass unchecked. */
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
    return { kind: "refused", problem: "region is missing; it cannot be derived from an endpoint that is a reference" };
  }
  const url = props.endpoint ?? profile.endpoint.value.template?.replace("{region}", region);
  return url === undefined
    ? { kind: "refused", problem: `${profile.name} has no known endpoint; pass its URL as the endpoint` }
    : { kind: "resolved", url, region };
}

export interface ObjectStorageProviderProps {
  /** The store. It decides what is sent, and what synth refuses. */
  readonly provider: ProviderId;
  /**
   * The region of the buckets, as the store names it.
   * @default - the region in `endpoint`, or the store's only region; an error if there are several
   */
  readonly region?: string;
  /**
   * The URL of the S3 API, for a store that you run yourself or to test against a local server.
   * @default - the store's own endpoint in `region`
   */
  readonly endpoint?: string;
  /**
   * Puts the bucket's name into the path instead of the host. Names with a dot need it.
   * @default - true if `endpoint` is not the store's own or if the store requires it; otherwise
   * false
   */
  readonly pathStyle?: boolean;
  /**
   * A profile of the shared AWS configuration and credentials files.
   * @default - credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, then the rest of
   * the usual chain
   */
  readonly profile?: string;
  /**
   * An access key. The synthesised JSON contains it as it is: prefer the environment, `profile` or
   * a sensitive variable.
   * @default - from the environment or `profile`; the JSON contains no secret
   */
  readonly accessKey?: string;
  /**
   * The secret of `accessKey`, with the same warning.
   * @default - from the environment or `profile`; the JSON contains no secret
   */
  readonly secretKey?: string;
  /**
   * A name for this provider. Every provider of a stack but one needs one.
   * @default - none: the stack's default AWS provider
   */
  readonly alias?: string;
  /**
   * The versions of Terraform's AWS provider that the whole stack accepts, as a version constraint.
   * If several stores of a stack set it, all constraints apply.
   * @default - if the store has no account ID, the latest line known to work ("~> 5.100" with
   * bindings of 5.x); otherwise that of the bindings
   */
  readonly awsProviderVersion?: string;
  /**
   * Accepts an AWS provider of 6.27 or later if the store has no account ID. According to its
   * changelog it works there again, but this was not tested.
   * @default false - the synth fails
   */
  readonly acceptUntriedAwsProvider?: boolean;
}

/** The arguments of Terraform's AWS provider for a store. */
export function awsConfig(
  store: ProviderProfile,
  { url, region, pathStyle, standIn }: StoreSettings,
  props: ObjectStorageProviderProps,
  skips: boolean,
) {
  const ownAmazonEndpoint = store.id === "aws" && !standIn && props.endpoint === undefined;
  return {
    region,
    ...(ownAmazonEndpoint ? {} : { endpoints: [{ s3: url }] }),
    ...(pathStyle ? { s3UsePathStyle: true } : {}),
    ...(skips ? amazonOnlyChecksSkipped : {}),
    ...defined({
      profile: props.profile,
      accessKey: props.accessKey,
      secretKey: props.secretKey,
      alias: props.alias,
    }),
  };
}

// Each of these calls a service that only AWS has: STS, IAM, its list of regions, EC2's metadata.
const amazonOnlyChecksSkipped = {
  skipCredentialsValidation: true,
  skipRequestingAccountId: true,
  skipRegionValidation: true,
  skipMetadataApiCheck: "true",
};
