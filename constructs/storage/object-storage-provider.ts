import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { TerraformProvider, TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { type ProviderProfile, providers } from "../../providers/index.js";
import { choice, type Fields, flag, requireValid, secret, text } from "../checked-props.js";
import { unvisitedAspects } from "../require/unvisited-aspects.js";
import { awsConfig } from "./aws-config.js";
import { pinAwsProvider, requiredAwsProvider, type VersionWish } from "./pin-aws-provider.js";
import type { ObjectStorageProviderProps } from "./store-settings.js";
import { type StoreSettings, storeSettings } from "./store-settings.js";
import { versionProblems, workingVersion } from "./working-version.js";

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
