import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keepPolicyVariables } from "../../../constructs/policy/policy-statement.js";

describe("a policy variable", () => {
  it.each([
    [`\${aws:username}`, `$\${aws:username}`],
    [`home/\${aws:PrincipalTag/team, 'none'}/*`, `home/$\${aws:PrincipalTag/team, 'none'}/*`],
    [`\${s3:prefix}\${aws:userid}`, `$\${s3:prefix}$\${aws:userid}`],
    [`\${*} \${?} \${$}`, `$\${*} $\${?} $\${$}`],
    ["100%{", "100%%{"],
  ])("is kept from Terraform: %s", (text, kept) => expect(keepPolicyVariables(text)).toBe(kept));

  it.each([
    ["a reference", `\${aws_s3_bucket.one.arn}/*`],
    ["a condition of Terraform's own", `\${var.public ? "a:b" : "c"}`],
    ["a token of CDKTF", `\${TfToken[TOKEN.12]}`],
    ["what was escaped before", `$\${aws:username} %%{`],
    ["a dollar sign alone", "$5 {a:b}"],
  ])("is not seen in %s", (_, text) => expect(keepPolicyVariables(text)).toBe(text));

  it("is escaped once, however often", () => {
    const texts = fc
      .array(fc.constantFrom(`\${aws:username}`, `\${var.x}`, "%{", "$", "{", "a:b", "}"))
      .map((all) => all.join(""));
    fc.assert(
      fc.property(texts, (text) => keepPolicyVariables(keepPolicyVariables(text)) === keepPolicyVariables(text)),
    );
  });
});
