import { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import type { ObjectStorageProvider } from "./object-storage-provider.js";

/** Terraform finds a provider by its name within a stack: what names another stack's goes to whatever has that name in its own. */
export function foreignStorage(construct: IConstruct, storage: ObjectStorageProvider): string[] {
  const stack = TerraformStack.of(construct);
  return TerraformStack.of(storage) === stack
    ? []
    : [
        `storage "${storage.node.path}" belongs to another stack, and Terraform would use a provider of "${stack.node.path}" in its place; create an ObjectStorageProvider in "${stack.node.path}", and give that`,
      ];
}
