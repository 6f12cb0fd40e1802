import type { PolicyStatement } from "./policy-statement.js";

export function opensToEverybody({ effect, principals }: PolicyStatement): boolean {
  return effect === "Allow" && (principals === "*" || [principals.AWS].flat().includes("*"));
}
