const POLICY_VARIABLE = /(?<!\$)\$\{(?=[A-Za-z0-9-]+:|[*?$]\})/g;
const DIRECTIVE = /(?<!%)%\{/g;

/**
 * Keeps `${aws:username}` and the like, and `%{`, from Terraform, which would take them for its own templates.
 * Terraform's own references have no colon after their first word, and what was escaped already stays as it is.
 */
export function keepPolicyVariables(text: string): string {
  return text.replaceAll(POLICY_VARIABLE, "$$$${").replaceAll(DIRECTIVE, "%%{");
}
