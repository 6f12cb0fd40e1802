import { Token } from "cdktf";
import type { PolicyStatement } from "./policy-statement.js";

/** Whether a statement holds a list that only Terraform will know, which cannot stand in the JSON of a policy. */
export function holdsReferenceList({ principals, actions, resources }: PolicyStatement): boolean {
  const named = principals === "*" ? [] : Object.values(principals).map((some) => [some].flat());
  return [actions, resources ?? [], ...named].some((list) => Token.isUnresolved(list));
}
