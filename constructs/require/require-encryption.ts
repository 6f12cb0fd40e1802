import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { Annotations, App, type IAspect, type TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { choice, type Fields, requireValid } from "../checked-props.js";
import { complaint, type Gap } from "./complaint.js";
import { encryptionDefaults, gapsIn } from "./gaps.js";
import { type Attributes, attributesOf, instancesOf } from "./resource-attributes.js";

export interface RequireEncryptionProps {
  /**
   * What happens with a bucket without default encryption: `error` fails the synth, `warn` only
   * warns, and `fix` adds the SSE-S3 default. If `fix` cannot fix a bucket, such as one with a
   * default that may be its own, it fails the synth.
   * @default "error"
   */
  readonly mode?: "error" | "warn" | "fix";
  /**
   * What happens with a Terraform module, whose buckets are invisible to the check.
   * @default "warn"
   */
  readonly modules?: "error" | "warn" | "ignore";
}

const requireEncryptionFields = {
  mode: choice(["error", "warn", "fix"]).optional(),
  modules: choice(["error", "warn", "ignore"]).optional(),
} satisfies Fields<RequireEncryptionProps>;

/**
 * Fails the synth for each bucket that may not encrypt by default. The message names the construct
 * path and the line that created the bucket. With the mode `warn` it only warns, and with `fix` it
 * adds the SSE-S3 default.
 *
 * On a stack it is an aspect: `Aspects.of(stack).add(new RequireEncryption())`. It sees a bucket as
 * it is when CDKTF visits it, so add it after the aspects that change buckets.
 *
 * CDKTF never visits the aspects of an App. For a whole app use
 * `RequireEncryption.everywhereIn(app)`, which checks after all aspects and names the buckets of
 * all stacks in one error.
 */
export class RequireEncryption implements IAspect {
  readonly #props: RequireEncryptionProps;

  /** @throws if a property or its value is unknown */
  constructor(props: RequireEncryptionProps = {}) {
    requireValid("RequireEncryption", props, requireEncryptionFields);
    this.#props = props;
  }

  /**
   * Checks every bucket in `scope`, an App or any construct, at the end of its synth. With `warn`
   * and `fix` call it last, after all stacks are created.
   * @throws if the App skips validations, since then nothing is checked, or if a property or its
   * value is unknown
   */
  static everywhereIn(scope: IConstruct, props: RequireEncryptionProps = {}): void {
    requireValid("RequireEncryption", props, requireEncryptionFields);
    refuseSkippedValidation(scope);
    const warned = new WeakSet<IConstruct>();
    for (const part of partsToSynthesise(scope)) {
      part.node.addValidation({ validate: () => warnAndMend(part, props, warned) });
    }
    scope.node.addValidation({ validate: () => errorsIn(scope, props, warned) });
  }

  visit(node: IConstruct): void {
    for (const gap of gapsIn(node)) {
      const response = responseTo(gap, this.#props);
      respond(gap, response);
      if (response === "error") Annotations.of(node).addError(complaint(gap));
    }
  }
}

function refuseSkippedValidation(scope: IConstruct): void {
  const { root } = scope.node;
  if (App.isApp(root) && Reflect.get(root, "skipValidation") === true) {
    throw new Error(
      "RequireEncryption.everywhereIn checks nothing in an App with skipValidation: true; leave that out, or add the aspect to each stack",
    );
  }
}

// An App's own validations run after its stacks are written. Warnings and additional defaults must
// be there before.
function partsToSynthesise(scope: IConstruct): readonly IConstruct[] {
  return App.isApp(scope) ? scope.node.findAll().filter(TerraformStack.isStack) : [scope];
}

function warnAndMend(part: IConstruct, props: RequireEncryptionProps, warned: WeakSet<IConstruct>): string[] {
  const gaps = allGaps(part).filter(({ construct }) => !warned.has(construct));
  for (const gap of gaps) {
    const response = responseTo(gap, props);
    if (response === "error") continue;
    respond(gap, response);
    warned.add(gap.construct);
  }
  return [];
}

function errorsIn(scope: IConstruct, props: RequireEncryptionProps, warned: WeakSet<IConstruct>): string[] {
  return allGaps(scope).flatMap((gap) => {
    const response = responseTo(gap, props);
    if (response === "error") return [complaint(gap)];
    if (response === "ignore" || warned.has(gap.construct)) return [];
    return [`${complaint(gap)}; call RequireEncryption.everywhereIn last: this stack was created after it`];
  });
}

function allGaps(scope: IConstruct): Gap[] {
  const defaults = encryptionDefaults(scope.node.root);
  return scope.node.findAll().flatMap((node) => gapsIn(node, defaults));
}

type Response = "error" | "warn" | "fix" | "ignore";

/** The response to a gap. `fix` works only for a bucket that has no default at all. */
function responseTo(gap: Gap, { mode = "error", modules = "warn" }: RequireEncryptionProps): Response {
  if (gap.kind === "module") return modules;
  return mode === "fix" && gap.kind !== "no-default" ? "error" : mode;
}

/** Adds the warning or the default. The caller handles errors. */
function respond(gap: Gap, response: Response): void {
  const annotations = Annotations.of(gap.construct);
  if (response === "warn") annotations.addWarning(complaint(gap));
  if (response === "fix" && gap.kind === "no-default") {
    addDefault(gap.construct);
    annotations.addInfo("RequireEncryption gave this bucket the SSE-S3 default (AES256) that it lacked");
  }
}

const ID = "bucketseal-encryption";

/**
 * Adds the SSE-S3 default to a bucket that has none: in its own stack, through its own provider,
 * for each of its instances.
 */
function addDefault(bucket: TerraformResource): void {
  if (bucket.terraformResourceType === "ovh_cloud_project_storage") {
    bucket.addOverride("encryption.sse_algorithm", "AES256");
    return;
  }
  const attributes = attributesOf(bucket) ?? {};
  const { name, ...perInstance } = instanceArguments(`aws_s3_bucket.${bucket.friendlyUniqueId}`, attributes);
  const encryption = new S3BucketServerSideEncryptionConfigurationA(bucket, ID, {
    bucket: name,
    rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
  });
  const { provider, region } = attributes;
  for (const [argument, value] of Object.entries({ provider, region, ...perInstance })) {
    if (value !== undefined) encryption.addOverride(argument, value);
  }
}

/**
 * The bucket's name as its default refers to it. If the bucket has several instances, the default
 * is chained to them.
 */
function instanceArguments(address: string, attributes: Attributes): Attributes & { readonly name: string } {
  switch (instancesOf(attributes).kind) {
    case "one":
      return { name: `\${${address}.id}` };
    case "count":
      return { name: `\${${address}[count.index].id}`, count: `\${length(${address})}` };
    case "each":
      return { name: `\${each.value.id}`, for_each: `\${${address}}` };
  }
}
