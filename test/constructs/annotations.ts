import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { App, TerraformStack } from "cdktf";

export interface Annotation {
  readonly level: string;
  readonly message: string;
}

interface Manifest {
  readonly stacks: Readonly<Record<string, { readonly annotations: readonly Annotation[] }>>;
}

/** Synthesises an app, and reads what its command line would show of it. */
export function synthApp(app: App): { readonly annotations: readonly Annotation[] } {
  app.synth();
  const { stacks } = JSON.parse(readFileSync(join(app.outdir, "manifest.json"), "utf8")) as Manifest;
  return { annotations: Object.values(stacks).flatMap(({ annotations }) => annotations) };
}

/** What stands on the constructs of a stack. */
export function annotationsOf(stack: TerraformStack): readonly Annotation[] {
  const entries = stack.node.findAll().flatMap(({ node }) => node.metadata);
  return entries
    .filter(({ type }) => /^@cdktf\/(?:info|warn|error)$/.test(type))
    .map(({ type, data }) => ({ level: type, message: String(data) }));
}
