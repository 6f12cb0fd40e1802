import { TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";

/** Whether `other` is a construct of the stack that `scope` is in; a reference to a bucket may be no construct at all. */
export function inSameStack(scope: IConstruct, other: unknown): boolean {
  return Construct.isConstruct(other) && TerraformStack.of(scope) === TerraformStack.of(other);
}
