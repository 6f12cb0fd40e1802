import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { TerraformProvider, TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { type ProviderId, type ProviderProfile, providers } from "../../providers/index.js";
import { defined } from "../defined.js";
import { type StoreSettings, storeSettings } from "./store-settings.js";
import { workingVersion } from "./working-version.js";

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
   * The versions of Terraform's AWS provider that the whole stack accepts.
   * @default - the last line known to work where the store has no account id ("~> 5.100" with bindings of 5.x); elsewhere that of the bindings
   */
  readonly awsProviderVersion?: string;
}

/** Terraform's AWS provider, set up for an object store: endpoint, region, addressing, and the checks that only AWS can answer left out. */
export class ObjectStorageProvider extends Construct {
  /** What the store can do, and where that is documented. */
  public readonly store: ProviderProfile;
  public readonly endpoint: string;
  public readonly region: string;
  public readonly pathStyle: boolean;
  /** The AWS provider itself, to hand to resources of your own. */
  public readonly aws: AwsProvider;

  /** @throws where region, endpoint or keys cannot be used; one message names all that is wrong */
  constructor(scope: Construct, id: string, props: ObjectStorageProviderProps) {
    super(scope, id);
    this.store = providers[props.provider];
    const settings = usableSettings(this, props);
    this.endpoint = settings.url;
    this.region = settings.region;
    this.pathStyle = settings.pathStyle;

    const skips = settings.standIn || this.store.accountId.value !== "supported";
    this.aws = new AwsProvider(this, "aws", awsConfig(this.store, settings, props, skips));
    this.node.addValidation({ validate: () => sharedAlias(this.aws) });

    const version =
      props.awsProviderVersion ??
      (skips ? workingVersion(this.aws.terraformGeneratorMetadata?.providerVersion) : undefined);
    if (version !== undefined) {
      TerraformStack.of(this).addOverride("terraform.required_providers.aws.version", version);
    }
  }

  static isObjectStorageProvider(this: void, construct: IConstruct): construct is ObjectStorageProvider {
    return construct instanceof ObjectStorageProvider;
  }
}

function awsConfig(
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

function usableSettings(construct: ObjectStorageProvider, props: ObjectStorageProviderProps): StoreSettings {
  const found = storeSettings(construct.store, props);
  const problems = [
    ...(found.kind === "refused" ? [found.problem] : []),
    ...((props.accessKey === undefined) === (props.secretKey === undefined)
      ? []
      : ["accessKey and secretKey go together; pass both, or neither to take them from the environment"]),
  ];
  if (found.kind === "refused" || problems.length > 0) {
    throw new Error(`object storage provider "${construct.node.path}" cannot be used: ${problems.join("; ")}`);
  }
  return found.settings;
}

function sharedAlias(aws: AwsProvider): string[] {
  const others = TerraformStack.of(aws)
    .node.findAll()
    .filter((node) => TerraformProvider.isTerraformProvider(node) && node !== aws && node.fqn === aws.fqn);
  return others.map((other) => `"${other.node.path}" is an AWS provider of the same name; give all but one an alias`);
}
