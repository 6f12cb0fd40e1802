import { Annotations, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";
import { isUnencryptedBucket, unencryptedBuckets } from "./unencrypted-buckets.js";

/**
 * Makes synth fail for each bucket that has no encryption default, naming its construct path.
 *
 * On a stack it is an aspect: `Aspects.of(stack).add(new RequireEncryption())`. CDKTF never visits the aspects of an App,
 * so for a whole app use `RequireEncryption.everywhereIn(app)`, which names the buckets of all its stacks at once.
 */
export class RequireEncryption implements IAspect {
  /** Fails the synth of `scope`, an App or any construct, and names every bucket in it that has no encryption default. */
  static everywhereIn(scope: IConstruct): void {
    scope.node.addValidation({
      validate: () => unencryptedBuckets(scope).map((bucket) => complaint(bucket)),
    });
  }

  visit(node: IConstruct): void {
    if (isUnencryptedBucket(node)) Annotations.of(node).addError(complaint(node));
  }
}

function complaint(bucket: IConstruct): string {
  return `bucket "${bucket.node.path}" has no encryption default; declare it as an EncryptedBucket, or add a BucketEncryption that refers to it`;
}
