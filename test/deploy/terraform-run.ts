/** What a plan or an apply was about to do, and why it failed where it did: from Terraform's lines of JSON. */
export interface TerraformRun {
  readonly exitCode: number;
  /** The action on each resource that does not stay as it is, such as `create` or `replace`, by its address. */
  readonly changes: Readonly<Record<string, string>>;
  /** What happened to resources behind Terraform's back. */
  readonly drift: Readonly<Record<string, string>>;
  readonly errors: readonly string[];
}

interface Change {
  readonly resource: { readonly addr: string };
  readonly action: string;
  readonly importing?: unknown;
}

interface Line {
  readonly type: string;
  readonly change?: Change;
  readonly diagnostic?: { readonly severity: string; readonly summary: string; readonly detail?: string };
}

/** Reads what `terraform plan -json` or `terraform apply -json` printed. */
export function terraformRun(exitCode: number, output: string): TerraformRun {
  const lines = output.split("\n").filter((text) => text.startsWith("{"));
  const parsed = lines.map((text) => JSON.parse(text) as Line);
  const errors = parsed.flatMap(({ diagnostic }) => (diagnostic?.severity === "error" ? [diagnostic] : []));
  return {
    exitCode,
    changes: actionsOf(parsed, "planned_change"),
    drift: actionsOf(parsed, "resource_drift"),
    errors: errors.map(({ summary, detail = "" }) => `${summary}: ${detail}`),
  };
}

function actionsOf(lines: readonly Line[], type: string): Record<string, string> {
  const changes = lines.flatMap((line) => (line.type === type && line.change !== undefined ? [line.change] : []));
  return Object.fromEntries(changes.map((change) => [nameOf(change), actionOf(change)]));
}

/** CDKTF ends an address with a hash of its path, which nobody reads. */
function nameOf({ resource }: Change): string {
  return resource.addr.replace(/_[0-9A-F]{8}$/, "");
}

function actionOf({ action, importing }: Change): string {
  return importing === undefined || action === "import" ? action : `import and ${action}`;
}
