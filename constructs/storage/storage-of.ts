import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { ObjectStorageProvider } from "./object-storage-provider.js";

/** The only ObjectStorageProvider of the stack; an error says what to do where there is none, or more than one. */
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
