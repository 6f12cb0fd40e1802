import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type App, TerraformStack, Testing } from "cdktf";
import type { IConstruct } from "constructs";
import { ObjectStorageProvider, type ObjectStorageProviderProps } from "../../constructs/index.js";
import { type ProviderId, providers } from "../../providers/index.js";

type Block = Record<string, unknown>;

export interface Synthesised {
  readonly terraform: { readonly required_providers: { readonly aws: { readonly version: string } } };
  readonly provider: { readonly aws: readonly Block[] };
  readonly resource: Record<string, Record<string, Block>>;
  readonly output: Record<string, { readonly value: unknown; readonly depends_on: readonly string[] }>;
  /** The JSON itself, to check what it must not contain. */
  readonly text: string;
}

export function newStack(id = "stack", app: App = Testing.app()): TerraformStack {
  return new TerraformStack(app, id);
}

export function stackOnOvhcloud(props: Partial<ObjectStorageProviderProps> = {}) {
  const stack = newStack();
  return {
    stack,
    storage: new ObjectStorageProvider(stack, "storage", { provider: "ovhcloud", region: "gra", ...props }),
  };
}

/** A stack whose only store is that one, in its first region. */
export function stackOn(provider: ProviderId, props: Partial<ObjectStorageProviderProps> = {}) {
  const stack = newStack();
  return { stack, storage: new ObjectStorageProvider(stack, "storage", { ...placeOf(provider), ...props }) };
}

export function storageOn(provider: ProviderId): ObjectStorageProvider {
  return stackOn(provider).storage;
}

export function placeOf(provider: ProviderId): ObjectStorageProviderProps {
  const { regions, endpoint } = providers[provider];
  const region = regions.value[0]?.id ?? "eu-west-1";
  return {
    provider,
    region,
    ...(endpoint.value.template === null ? { endpoint: "https://s3.example.org" } : {}),
  };
}

/** The texts of the warnings on a construct itself. */
export function warningsOf(construct: IConstruct): string[] {
  return annotationsOf(construct, "@cdktf/warn");
}

export function infosOf(construct: IConstruct): string[] {
  return annotationsOf(construct, "@cdktf/info");
}

function annotationsOf(construct: IConstruct, level: string): string[] {
  return construct.node.metadata.filter(({ type }) => type === level).map(({ data }) => String(data));
}

/** The Terraform JSON of a stack, after its validations have passed. */
export function synth(stack: TerraformStack): Synthesised {
  const text = Testing.synth(stack, true);
  return { ...(JSON.parse(text) as Omit<Synthesised, "text">), text };
}

/** All resources of a type, without their names. */
export function resourcesOf({ resource }: Synthesised, type: string): Block[] {
  return Object.values(resource[type] ?? {});
}

/** A Terraform expression as JSON contains it. */
export function expression(text: string): string {
  return `\${${text}}`;
}

interface RenderedStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface RenderedPolicy {
  readonly Version: string;
  readonly Statement: readonly RenderedStatement[];
}

/** The only bucket policy of a synthesised stack, parsed. */
export function policyOf(synthesised: Synthesised): RenderedPolicy {
  const policies = resourcesOf(synthesised, "aws_s3_bucket_policy");
  if (policies.length !== 1) throw new Error(`${policies.length} bucket policies`);
  return JSON.parse(String(policies[0]?.policy)) as RenderedPolicy;
}

export function statementOf(synthesised: Synthesised, sid: string): RenderedStatement | undefined {
  return policyOf(synthesised).Statement.find(({ Sid }) => Sid === sid);
}

interface Annotation {
  readonly level: string;
  readonly message: string;
}

interface Manifest {
  readonly stacks: Readonly<Record<string, { readonly annotations: readonly Annotation[] }>>;
}

/** Synthesises an app, and reads the annotations that its command line would show. */
export function synthApp(app: App): { readonly annotations: readonly Annotation[] } {
  app.synth();
  const { stacks } = JSON.parse(readFileSync(join(app.outdir, "manifest.json"), "utf8")) as Manifest;
  return { annotations: Object.values(stacks).flatMap(({ annotations }) => annotations) };
}

/** The annotations on all constructs of a stack. */
export function annotationsIn(stack: TerraformStack): readonly Annotation[] {
  const entries = stack.node.findAll().flatMap(({ node }) => node.metadata);
  return entries
    .filter(({ type }) => /^@cdktf\/(?:info|warn|error)$/.test(type))
    .map(({ type, data }) => ({ level: type, message: String(data) }));
}
