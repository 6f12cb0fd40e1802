import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { convertActionTemplate, parseAction } from "@actions/workflow-parser/actions/index";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { OPERATIONS } from "../../../migrate/store/operations.js";
import { ACTION, action, fileOfPage, gitlabJob, RELEASE, type Workflow, workflowOf, workflowText } from "./ci-page.js";

/** By GitHub's own parser and schema. */
async function problemsOf(content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name: "audit.yml", content }, new NoOperationTraceWriter());
  const errors = () => context.errors.getErrors().map(({ message }) => message);
  if (value === undefined || errors().length > 0) return errors();
  await convertWorkflowTemplate(context, value);
  return errors();
}

function problemsOfAction(content: string): string[] {
  const { context, value } = parseAction({ name: "action.yml", content }, new NoOperationTraceWriter());
  if (value !== undefined) convertActionTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}

const PINNED = /uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
const usesIn = (text: string) => text.split("\n").filter((line) => line.includes("uses:"));

describe.each(["ovhcloud", "aws"] as const)("the GitHub workflow for %s", (store) => {
  test("is valid according to GitHub's parser", async () => expect(await problemsOf(workflowText(store))).toEqual([]));

  test("pins every action to a commit, and names its release", () => {
    const uses = usesIn(workflowText(store));
    expect(uses.length).toBeGreaterThanOrEqual(5);
    for (const line of uses) expect(line).toMatch(PINNED);
  });

  test("may only read the repository, and on Amazon S3 request a token", () => {
    const { permissions, jobs } = workflowOf(store);
    expect(permissions).toEqual({});
    expect(jobs.audit?.permissions).toEqual({ contents: "read", ...(store === "aws" && { "id-token": "write" }) });
  });

  test("passes the key to the audit step only, and on Amazon S3 to no step", () => {
    const steps = workflowOf(store).jobs.audit?.steps ?? [];
    const withSecrets = steps.filter((step) => JSON.stringify(step).includes("secrets."));
    expect(withSecrets.map(({ name }) => name)).toEqual(store === "aws" ? [] : ["Audit"]);
    expect(workflowText(store)).not.toContain("pull_request");
  });
});

test("GitHub's parser rejects an invalid workflow", async () => {
  const text = workflowText("ovhcloud");
  expect(await problemsOf(text.replace("runs-on:", "runs_on:"))).not.toEqual([]);
  expect(await problemsOf(text.replace("!cancelled()", "!canceled()"))).not.toEqual([]);
});

describe("the action", () => {
  test("is valid according to GitHub's parser, which rejects an invalid one", () => {
    expect(problemsOfAction(ACTION)).toEqual([]);
    expect(problemsOfAction(ACTION.replace("using: composite", "using: composed"))).not.toEqual([]);
    expect(problemsOfAction(ACTION.replace("shell: bash", "shel: bash"))).not.toEqual([]);
  });

  test("is used by a valid workflow, with inputs that it has", async () => {
    expect(await problemsOf(workflowText("action"))).toEqual([]);
    const { steps = [] } = workflowOf("action").jobs.audit ?? {};
    const given = Object.keys(steps[0]?.with ?? {});
    expect(given.filter((name) => action.inputs[name] === undefined)).toEqual([]);
    const required = Object.entries(action.inputs).filter(([, input]) => input.required);
    expect(required.map(([name]) => name)).toEqual(given.filter((name) => name !== "fail-on"));
  });

  test("pins the action that it uses, and passes inputs to a shell in its environment only", () => {
    expect(usesIn(ACTION).length).toBeGreaterThan(0);
    for (const line of usesIn(ACTION)) expect(line).toMatch(PINNED);
    const shells = action.runs.steps.flatMap(({ run = [] }) => run);
    expect(shells).toHaveLength(2);
    expect(shells.filter((text) => text.includes("${{"))).toEqual([]);
  });
});

describe("the release workflow", () => {
  const { permissions, jobs } = parse(RELEASE) as Workflow;
  const steps = jobs.release?.steps ?? [];

  test("is valid according to GitHub's parser, and pins every action", async () => {
    expect(await problemsOf(RELEASE)).toEqual([]);
    expect(await problemsOf(RELEASE.replace("runs-on:", "runs_on:"))).not.toEqual([]);
    expect(usesIn(RELEASE)).toHaveLength(2);
    for (const line of usesIn(RELEASE)) expect(line).toMatch(PINNED);
  });

  test("publishes what was tested and checked, under the version of its tag", () => {
    const runs = steps.flatMap(({ run }) => (run === undefined ? [] : run.trim()));
    const positions = [
      "test ",
      "npm ci",
      "npm test",
      "npm run check",
      "npm run package:check",
      "npm pkg",
      "gh",
      "npm publish",
    ];
    expect(runs.map((run) => positions.findIndex((start) => run.startsWith(start)))).toEqual([...positions.keys()]);
    expect(permissions).toEqual({});
    expect(jobs.release?.permissions).toEqual({ contents: "write", "id-token": "write" });
  });

  test("passes the registry's token to the last step only", () => {
    const withToken = steps.filter((step) => JSON.stringify(step).includes("secrets."));
    expect(withToken.map(({ name }) => name)).toEqual(["Publish"]);
    expect(steps.at(-1)).toEqual(withToken[0]);
  });
});

describe("the GitLab job", () => {
  test("runs on a schedule only, and always keeps its report and its baseline", () => {
    const job = gitlabJob("gitlab-ovhcloud.yml");
    expect(job.rules).toEqual([{ if: '$CI_PIPELINE_SOURCE == "schedule"' }]);
    expect(job.artifacts).toMatchObject({ when: "always", paths: ["run/"] });
    expect(job.cache).toMatchObject({ when: "always", paths: ["last/"] });
    expect(JSON.stringify(job)).not.toMatch(/SECRET|KEY_ID/);
  });

  test("assumes a role on Amazon S3 with a token in a private file", () => {
    const job = gitlabJob("gitlab-aws-part.yml");
    expect(Object.keys(job.id_tokens ?? {})).toEqual(["AWS_TOKEN"]);
    expect(Object.keys(job.variables)).toEqual(expect.arrayContaining(["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"]));
    expect(job.before_script.at(-1)).toContain("umask 077");
  });
});

test("the audit policy allows reads only", () => {
  const { Statement } = JSON.parse(fileOfPage("iam-audit-policy.json")) as { Statement: { Action: string[] }[] };
  const allowed = Statement.flatMap(({ Action }) => Action);
  const writing = Object.values(OPERATIONS).flatMap(({ access, actions }) => (access === "write" ? actions : []));
  // A copy reads its source.
  expect(allowed.filter((action) => writing.some((other) => other === action && !/:Get/.test(other)))).toEqual([]);
  expect(allowed.filter((action) => !/^s3:(Get|List)/.test(action))).toEqual([]);
});
