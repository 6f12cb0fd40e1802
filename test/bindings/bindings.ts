/** Packages that the constructs are tried with, beside those of package.json: by the names under which they are imported. */
export const BINDINGS = {
  /** CDK Terrain, the living fork of CDKTF, under the names that CDKTF had. */
  cdktn: {
    cdktf: "npm:cdktn@0.24.0",
    "@cdktf/provider-aws": "npm:@cdktn/provider-aws@25.7.0",
    constructs: "10.7.2",
  },
  /** The last bindings of CDKTF's own, for line 6 of the AWS provider. */
  "aws-6": {
    cdktf: "0.21.0",
    "@cdktf/provider-aws": "21.22.1",
    constructs: "10.4.2",
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

export type BindingsName = keyof typeof BINDINGS;

/** The variable that tells the tests which of them is at hand. */
export const BINDINGS_VARIABLE = "BUCKETSEAL_TEST_BINDINGS";

export function isBindingsName(name: string | undefined): name is BindingsName {
  return name !== undefined && Object.hasOwn(BINDINGS, name);
}
