import { Token } from "cdktf";

/** The text itself; undefined where it is not there, or only Terraform knows it. */
export function literal(text: string | undefined): string | undefined {
  return text === undefined || Token.isUnresolved(text) ? undefined : text;
}
