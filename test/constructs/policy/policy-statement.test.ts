import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keepPolicyVariables } from "../../../constructs/policy/policy-statement.js";

describe("keepPolicyVariables", () => {
  it.each([
    [`\${aws:username}`, `$\${aws:username}`],
    [`home/\${aws:PrincipalTag/team, 'none'}/*`, `home/$\${aws:PrincipalTag/team, 'none'}/*`],
    [`\${s3:prefix}\${aws:userid}`, `$\${s3:prefix}$\${aws:userid}`],
    [`\${*} \${?} \${$}`, `$\${*} $\${?} $\${$}`],
    ["100%{", "100%%{"],
  ])("escapes the policy variable in %s", (text, kept) => expect(keepPolicyVariables(text)).toBe(kept));

  it.each([
    ["a reference", `\${aws_s3_bucket.one.arn}/*`],
    ["a condition of Terraform's own", `\${var.public ? "a:b" : "c"}`],
    ["a token of CDKTF", `\${TfToken[TOKEN.12]}`],
    ["escaped text", `$\${aws:username} %%{`],
    ["a single dollar sign", "$5 {a:b}"],
  ])("leaves %s alone", (_, text) => expect(keepPolicyVariables(text)).toBe(text));

  it("escapes a text once, however often it runs", () => {
    const texts = fc
      .array(fc.constantFrom(`\${aws:username}`, `\${var.x}`, "%{", "$", "{", "a:b", "}"))
      .map((all) => all.join(""));
    fc.assert(
      fc.property(texts, (text) => keepPolicyVariables(keepPolicyVariables(text)) === keepPolicyVariables(text)),
    );
  });
});
