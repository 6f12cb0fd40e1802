import { describe, expect, it } from "vitest";
import { BUCKET_PARTS } from "../../../constructs/features/features.js";
import { firstNames, namesIn, rowsOf } from "./page.js";
import { INTERFACES, interfacesOf, propertiesOf } from "./properties-of.js";

describe("the properties in docs/constructs.md", () => {
  it.each([
    ["EncryptedBucketProps", ["property", "default"]],
    ["BucketEncryptionProps", ["of `BucketEncryption`"]],
    ["ObjectStorageProviderProps", ["of `ObjectStorageProvider`"]],
    ["RequireEncryptionProps", ["of `RequireEncryption`"]],
  ])("match %s", (name, heads) => {
    const properties = propertiesOf(name).map((property) => property.name);
    expect(firstNames(rowsOf(...heads)).sort()).toEqual(properties.sort());
  });

  it.each(INTERFACES.filter((name) => name.endsWith("Props")))("are readonly, each with a default: %s", (name) => {
    const lacking = propertiesOf(name).filter(
      (property) => !property.readonly || (property.optional && property.default === undefined),
    );
    expect(lacking).toEqual([]);
  });

  it("are reported if they lack one of these", () => {
    const text = `
export interface Lacking
  extends One,
    Two {
  /** Nothing is said of a default. */
  readonly first?: { readonly inner: string };
  /**
   * Can be written.
   * @default - none
   */
  second?: () => void;
}
`;
    const first = { name: "first", default: undefined, optional: true, readonly: true };
    const second = { name: "second", default: "- none", optional: true, readonly: false };
    expect(interfacesOf(text)).toEqual([["Lacking", { parents: ["One", "Two"], own: [first, second] }]]);
  });
});

describe("the ids in docs/constructs.md", () => {
  it("match the parts", () => {
    const resources = rowsOf("id", "resource").filter(([, resource]) => !resource?.includes("data source"));
    const types = resources.map(([id, resource]) => [namesIn(id)[0], namesIn(resource)[0]]);
    const parts = BUCKET_PARTS.map(({ id, type }) => [id, type]);
    expect(Object.fromEntries(types)).toEqual({ bucket: "aws_s3_bucket", ...Object.fromEntries(parts) });
  });
});
