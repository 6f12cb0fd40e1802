import { type ProviderId, type ProviderProfile, providerForEndpoint, resolveEndpoint } from "../../providers/index.js";
import { defined, isKnownLater } from "../values.js";

export interface StoreSettings {
  readonly url: string;
  readonly region: string;
  readonly pathStyle: boolean;
  /** Not the store itself but a server standing in for it: a rehearsal, a proxy. */
  readonly standIn: boolean;
}

type SettingsResolution =
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

export interface ObjectStorageProviderProps {
  /** The store, which decides what is sent to it and what is refused at synth. */
  readonly provider: ProviderId;
  /**
   * The region of the buckets, as the store names it.
   * @default - the one in `endpoint`, or the store's only one; an error where there are several
   */
  readonly region?: string;
  /**
   * The URL of the S3 API; give it for a store that you run, or to rehearse against a local server.
   * @default - the store's own endpoint in `region`
   */
  readonly endpoint?: string;
  /**
   * Puts the bucket's name in the path instead of the host; names that hold a dot need it.
   * @default - true where `endpoint` is not the store's own, or where the store wants it so; false elsewhere
   */
  readonly pathStyle?: boolean;
  /**
   * A profile of the shared AWS configuration and credentials files.
   * @default - credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, then the rest of the usual chain
   */
  readonly profile?: string;
  /**
   * An access key. It is written into the synthesised JSON as it is: prefer the environment, `profile` or a sensitive variable.
   * @default - from the environment or `profile`; nothing secret is synthesised
   */
  readonly accessKey?: string;
  /**
   * The secret that belongs to `accessKey`, with the same warning.
   * @default - from the environment or `profile`; nothing secret is synthesised
   */
  readonly secretKey?: string;
  /**
   * A name for this provider, for the second and further ones of a stack.
   * @default - none: the stack's default AWS provider
   */
  readonly alias?: string;
  /**
   * The versions of Terraform's AWS provider that the whole stack accepts. Where several stores of a stack ask, all of them are required.
   * @default - the last line known to work where the store has no account id ("~> 5.100" with bindings of 5.x); elsewhere that of the bindings
   */
  readonly awsProviderVersion?: string;
  /**
   * Takes an AWS provider of 6.27 or later where the store has no account id: by its changelog it works there again, but it was not tried.
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

// Each of these asks a service that only AWS has: STS, IAM, its list of regions, the metadata of an EC2 machine.
const amazonOnlyChecksSkipped = {
  skipCredentialsValidation: true,
  skipRequestingAccountId: true,
  skipRegionValidation: true,
  skipMetadataApiCheck: "true",
};
