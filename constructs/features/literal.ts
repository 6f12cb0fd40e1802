import { Token } from "cdktf";

/** Whether only Terraform knows the value: a reference of CDKTF, or a text with Terraform's own interpolation, as in `acme-${var.env}`. */
export function isKnownLater(value: unknown): boolean {
  return Token.isUnresolved(value) || (typeof value === "string" && value.includes("${"));
}

/** The text itself; undefined where it is not there, or only Terraform knows it. */
export function literal(text: string | undefined): string | undefined {
  return isKnownLater(text) ? undefined : text;
}
