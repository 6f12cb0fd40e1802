import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { TerraformProvider, TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { type ProviderId, type ProviderProfile, providers } from "../../providers/index.js";
import { choice, type Fields, flag, requireValid, secret, text } from "../checked-props.js";
import { unvisitedAspects } from "../require/unvisited-aspects.js";
import { awsConfig } from "./aws-config.js";
import { pinAwsProvider, requiredAwsProvider, type VersionWish } from "./pin-aws-provider.js";
import { type StoreSettings, storeSettings } from "./store-settings.js";
import { versionProblems, workingVersion } from "./working-version.js";

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

const fields = {
  provider: choice(Object.keys(providers)),
  region: text().optional(),
  endpoint: text().optional(),
  pathStyle: flag().optional(),
  profile: text().optional(),
  accessKey: secret().optional(),
  secretKey: secret().optional(),
  alias: text().optional(),
  awsProviderVersion: text().optional(),
  acceptUntriedAwsProvider: flag().optional(),
} satisfies Fields<ObjectStorageProviderProps>;

/** Terraform's AWS provider, set up for an object store: endpoint, region, addressing, and the checks that only AWS can answer left out. */
export class ObjectStorageProvider extends Construct {
  /** What the store can do, and where that is documented. */
  public readonly store: ProviderProfile;
  public readonly endpoint: string;
  public readonly region: string;
  public readonly pathStyle: boolean;
  /** The AWS provider itself, to hand to resources of your own. */
  public readonly aws: AwsProvider;
  readonly #versionWish: VersionWish | undefined;

  /** @throws where region, endpoint or keys cannot be used; one message names all that is wrong */
  constructor(scope: Construct, id: string, props: ObjectStorageProviderProps) {
    super(scope, id);
    requireValid(`object storage provider "${this.node.path}"`, props, fields);
    this.store = providers[props.provider];
    const settings = usableSettings(this, props);
    this.endpoint = settings.url;
    this.region = settings.region;
    this.pathStyle = settings.pathStyle;

    const skips = settings.standIn || this.store.accountId.value !== "supported";
    this.aws = new AwsProvider(this, "aws", awsConfig(this.store, settings, props, skips));
    this.node.addValidation({ validate: () => [...sharedAlias(this.aws), ...unvisitedAspects(this)] });

    const working = skips ? workingVersion(this.aws.terraformGeneratorMetadata?.providerVersion) : undefined;
    this.#versionWish = { asked: props.awsProviderVersion, working };
    const stack = TerraformStack.of(this);
    const storages = stack.node.findAll().filter(ObjectStorageProvider.isObjectStorageProvider);
    pinAwsProvider(
      stack,
      storages.flatMap((each) => each.#versionWish ?? []),
    );
    if (skips) {
      const accepted = props.acceptUntriedAwsProvider === true;
      this.node.addValidation({
        validate: () => versionProblems(requiredAwsProvider(stack), this.store.name, accepted),
      });
    }
  }

  static isObjectStorageProvider(this: void, construct: IConstruct): construct is ObjectStorageProvider {
    return construct instanceof ObjectStorageProvider;
  }
}

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
