import { Annotations, App, type IAspect, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { requireValid } from "../checked-props.js";
import { complaint } from "./complaint.js";
import { encryptionDefaults } from "./encryption-defaults.js";
import type { Finding } from "./finding.js";
import { findingsOf } from "./findings-of.js";
import { type RequireEncryptionProps, requireEncryptionFields } from "./require-encryption-props.js";
import { respond, responseTo } from "./respond.js";

/**
 * Fails the synth for each bucket that is not certain to encrypt by default, naming its construct path and the line that created it.
 * In the mode `warn` it warns instead, and in the mode `fix` it adds the SSE-S3 default.
 *
 * On a stack it is an aspect: `Aspects.of(stack).add(new RequireEncryption())`. It sees a bucket as it is when CDKTF visits it, so it
 * goes after the aspects that change buckets. CDKTF never visits the aspects of an App: for a whole app use
 * `RequireEncryption.everywhereIn(app)`, which names the buckets of all its stacks at once, after all aspects.
 */
export class RequireEncryption implements IAspect {
  readonly #props: RequireEncryptionProps;

  /** @throws if a property or its value is not known */
  constructor(props: RequireEncryptionProps = {}) {
    requireValid("RequireEncryption", props, requireEncryptionFields);
    this.#props = props;
  }

  /**
   * Checks every bucket in `scope`, an App or any construct, at the end of its synth. With `warn` and `fix` it goes last, after the stacks.
   * @throws where the App skips validations, since nothing would be checked then, or if a property or its value is not known
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
    for (const finding of findingsOf(node)) {
      const response = responseTo(finding, this.#props);
      respond(finding, response);
      if (response === "error") Annotations.of(node).addError(complaint(finding));
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

// What is warned of or added must be there before a stack is written, which an App's own validations come after.
function partsToSynthesise(scope: IConstruct): readonly IConstruct[] {
  return App.isApp(scope) ? scope.node.findAll().filter(TerraformStack.isStack) : [scope];
}

function warnAndMend(part: IConstruct, props: RequireEncryptionProps, warned: WeakSet<IConstruct>): string[] {
  const findings = allFindings(part).filter(({ construct }) => !warned.has(construct));
  for (const finding of findings) {
    const response = responseTo(finding, props);
    if (response === "error") continue;
    respond(finding, response);
    warned.add(finding.construct);
  }
  return [];
}

function errorsIn(scope: IConstruct, props: RequireEncryptionProps, warned: WeakSet<IConstruct>): string[] {
  return allFindings(scope).flatMap((finding) => {
    const response = responseTo(finding, props);
    if (response === "error") return [complaint(finding)];
    if (response === "ignore" || warned.has(finding.construct)) return [];
    return [`${complaint(finding)}; call RequireEncryption.everywhereIn last: this stack was created after it`];
  });
}

function allFindings(scope: IConstruct): Finding[] {
  const defaults = encryptionDefaults(scope.node.root);
  return scope.node.findAll().flatMap((node) => findingsOf(node, defaults));
}
