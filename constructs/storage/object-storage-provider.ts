import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { App, Aspects, TerraformProvider, TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { type ProviderProfile, providers } from "../../providers/index.js";
import { choice, type Fields, flag, requireValid, secret, text } from "../checked-props.js";
import {
  pinAwsProvider,
  requiredAwsProvider,
  type VersionWish,
  versionProblems,
  workingVersion,
} from "./aws-provider-version.js";
import { awsConfig, type ObjectStorageProviderProps, type StoreSettings, storeSettings } from "./store-settings.js";

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

/**
 * Terraform's AWS provider, set up for an object store: endpoint, region and addressing, without
 * the checks that only AWS can answer.
 */
export class ObjectStorageProvider extends Construct {
  /** The features that the store supports, each with its source. */
  public readonly store: ProviderProfile;
  public readonly endpoint: string;
  public readonly region: string;
  public readonly pathStyle: boolean;
  /** The AWS provider itself, for your own resources. */
  public readonly aws: AwsProvider;
  readonly #versionWish: VersionWish | undefined;

  /** @throws if region, endpoint or keys are invalid; one message names all problems */
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

/**
 * The only ObjectStorageProvider of the stack.
 * @throws if the stack has none, or several
 */
export function storageOf(construct: Construct): ObjectStorageProvider {
  const candidates = TerraformStack.of(construct).node.findAll().filter(ObjectStorageProvider.isObjectStorageProvider);
  const [only, ...others] = candidates;
  if (only === undefined) {
    throw new Error(
      `"${construct.node.path}" has no store: its stack holds no ObjectStorageProvider; create one before it, or pass it as storage`,
    );
  }
  if (others.length > 0) {
    const paths = candidates.map(({ node }) => `"${node.path}"`).join(", ");
    throw new Error(
      `"${construct.node.path}" could belong to several stores (${paths}); pass the one that it belongs to as storage`,
    );
  }
  return only;
}

/**
 * Terraform looks up a provider by its name within a stack. A provider of another stack would
 * resolve to the provider of that name in this stack.
 */
export function foreignStorage(construct: IConstruct, storage: ObjectStorageProvider): string[] {
  const stack = TerraformStack.of(construct);
  return TerraformStack.of(storage) === stack
    ? []
    : [
        `storage "${storage.node.path}" belongs to another stack, and Terraform would use a provider of "${stack.node.path}" in its place; create an ObjectStorageProvider in "${stack.node.path}", and give that`,
      ];
}

/**
 * CDKTF visits the aspects of each stack and of the constructs in it, but never those of the App. A
 * check there would pass everything. Compares the name of the class, since an app can contain two
 * copies of this library.
 */
function unvisitedAspects({ node: { root } }: IConstruct): string[] {
  if (!App.isApp(root)) return [];
  return Aspects.of(root).all.some((aspect) => aspect.constructor.name === "RequireEncryption")
    ? [
        "Aspects.of(app).add(new RequireEncryption()) checks nothing, because CDKTF visits the aspects of stacks and not those of an App; call RequireEncryption.everywhereIn(app)",
      ]
    : [];
}
