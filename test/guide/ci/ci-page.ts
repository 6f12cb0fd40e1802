import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { fencedBlocks } from "../pages/fenced-blocks.js";

const blocks = fencedBlocks(readFileSync(new URL("../../../docs/ci.md", import.meta.url), "utf8"));

/** A file of docs/ci.md, by the name after its fence. */
export function fileOfPage(name: string): string {
  const found = blocks.find(({ info }) => info.includes(name));
  if (found === undefined) throw new Error(`docs/ci.md has no ${name}`);
  return found.text;
}

export interface WorkflowStep {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<string, { readonly permissions: Readonly<Record<string, string>>; readonly steps: readonly WorkflowStep[] }>
  >;
}

/** The workflow of the page, or the same with the part for Amazon S3, or the action, in its place. */
export function workflowText(store: "ovhcloud" | "aws" | "action"): string {
  const text = fileOfPage("github-ovhcloud.yml");
  if (store === "ovhcloud") return text;
  if (store === "action") {
    const steps = fileOfPage("github-action-part.yml").replaceAll(/^/gm, "    ");
    return text.replace(/ {4}steps:\n[\s\S]*/, steps);
  }
  const part = fileOfPage("github-aws-part.yml").split("\n");
  const steps = part.indexOf("steps:");
  const indented = (lines: readonly string[], by: number) => lines.map((line) => " ".repeat(by) + line).join("\n");
  return text
    .replace(/ {4}permissions:\n {6}contents: read/, indented(part.slice(0, steps), 4))
    .replace(/ {6}- name: Audit\n[\s\S]*?audit-encryption\.sh/, indented(part.slice(steps + 1), 4));
}

export function workflowOf(store: "ovhcloud" | "aws" | "action"): Workflow {
  return parse(workflowText(store)) as Workflow;
}

const inRepository = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
export const RELEASE = inRepository(".github/workflows/release.yml");
export const ACTION = inRepository("action.yml");

export interface Action {
  readonly inputs: Readonly<Record<string, { readonly required: boolean; readonly default?: string }>>;
  readonly runs: { readonly steps: readonly WorkflowStep[] };
}
export const action = parse(ACTION) as Action;

export interface GitlabJob {
  readonly script: readonly string[];
  readonly before_script: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly rules: readonly { readonly if: string }[];
  readonly artifacts: { readonly when: string; readonly paths: readonly string[] };
  readonly cache: { readonly when: string; readonly paths: readonly string[] };
  readonly id_tokens?: Readonly<Record<string, { readonly aud: string }>>;
}

export function gitlabJob(name: string): GitlabJob {
  return (parse(fileOfPage(name)) as Readonly<Record<string, GitlabJob>>)["encryption-audit"] as GitlabJob;
}
