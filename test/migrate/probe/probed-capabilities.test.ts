import { describe, expect, test } from "vitest";
import { type ProbedFinding, probedCapabilities, type Topic } from "../../../migrate/index.js";
import { type Capabilities, documentedCapabilities } from "../../../migrate/model/capabilities.js";
import { TOPICS } from "../../../migrate/probe/answer.js";
import { providers } from "../../../providers/index.js";

const { aws, generic, ovhcloud } = providers;
const evidence = { operation: "headObject", status: 200, code: null, detail: "" } as const;
const yes = (topic: Topic): ProbedFinding => ({ topic, kind: "yes", evidence });
const no = (topic: Topic): ProbedFinding => ({ topic, kind: "no", evidence });
const unsettled = (topic: Topic): readonly ProbedFinding[] => [
  { topic, kind: "not-observable", because: "copy-refused" },
  { topic, kind: "failed", evidence, missingRights: [] },
  { topic, kind: "is", value: "kept", evidence },
];

const namesOwner = ({ topic, kind }: ProbedFinding) => topic === "owner-of-writes" && kind === "is";

const SETTLED: readonly (readonly [Topic, keyof Capabilities])[] = [
  ["put-with-sse", "sseS3"],
  ["self-copy", "selfCopy"],
  ["copy-if-match", "copyIfMatch"],
  ["copy-source-if-match", "copySourceIfMatch"],
  ["complete-if-match", "completeMultipartIfMatch"],
  ["object-acl", "objectAcl"],
  ["object-tagging", "objectTagging"],
  ["self-copy-replacing", "selfCopyReplacing"],
  ["upload-part-copy", "uploadPartCopy"],
  ["part-copy-percent", "partCopyTakesPercent"],
  ["part-copy-source-if-match", "partCopySourceIfMatch"],
  ["tags-counted", "headCountsTags"],
  ["tags-after-copy", "copyKeepsTags"],
  ["acl-sent-with-copy", "copyTakesAcl"],
  ["acl-sent-with-put", "putTakesAcl"],
  ["acl-sent-with-upload", "uploadTakesAcl"],
  ["storage-class-sent-with-copy", "copyTakesStorageClass"],
  ["content-headers-after-copy", "copyKeepsMetadata"],
  ["metadata-after-copy", "copyKeepsMetadata"],
  ["tagging-header-on-put", "taggingHeader"],
  ["tagging-header-on-upload", "taggingHeader"],
];

describe.each([ovhcloud, aws, generic])("probedCapabilities on $id", (profile) => {
  const documented = documentedCapabilities(profile);

  test("returns the documented capabilities if there are no findings", () => {
    expect(probedCapabilities([], documented)).toEqual(documented);
  });

  test.each(SETTLED)("uses %s to settle only %s, either way", (topic, name) => {
    expect(probedCapabilities([yes(topic)], documented)).toEqual({ ...documented, [name]: true });
    expect(probedCapabilities([no(topic)], documented)).toEqual({ ...documented, [name]: false });
  });

  test("reports no SSE-S3 if HEAD shows it neither after a PUT nor after a copy", () => {
    const found = [yes("put-with-sse"), no("head-sse-after-put"), no("head-sse-after-copy")];
    expect(probedCapabilities(found, documented).sseS3).toBe(false);
    expect(probedCapabilities(found.slice(0, 2), documented).sseS3).toBe(true);
  });

  test("ignores findings that failed or were not observable", () => {
    const found = TOPICS.flatMap((topic) => unsettled(topic)).filter((answer) => !namesOwner(answer));
    expect(probedCapabilities(found, documented)).toEqual(documented);
  });

  test.each(["grants-refused", "owner-unnamed", "acl-unreadable"] as const)(
    "sends grants with no write that was not seen to take them: %s",
    (because) => {
      const topics = ["acl-sent-with-copy", "acl-sent-with-put", "acl-sent-with-upload"] as const;
      const found = topics.map((topic): ProbedFinding => ({ topic, kind: "not-observable", because }));
      const taken = { copyTakesAcl: false, putTakesAcl: false, uploadTakesAcl: false };
      expect(probedCapabilities(found, documented)).toEqual({ ...documented, ...taken });
    },
  );

  test("uses the grant form that the store was seen to take", () => {
    const found = { topic: "grant-form", kind: "is", value: "bare", evidence } as const;
    expect(probedCapabilities([found], documented)).toEqual({ ...documented, grantForm: "bare" });
  });

  test("takes the owner of writes from the findings", () => {
    const found = { topic: "owner-of-writes", kind: "is", value: "me", evidence } as const;
    expect(probedCapabilities([found], documented)).toEqual({ ...documented, ownerOfWrites: "me" });
    expect(documented.ownerOfWrites).toBeNull();
  });

  test("ignores all other topics", () => {
    const settling = new Set<Topic>(SETTLED.map(([topic]) => topic));
    const others = TOPICS.filter((topic) => !settling.has(topic) && !/^(put-if-match|head-sse)/.test(topic));
    expect(others.length).toBeGreaterThan(8);
    expect(probedCapabilities(others.map(yes), documented)).toEqual(documented);
    expect(probedCapabilities(others.map(no), documented)).toEqual(documented);
  });
});

test.each([
  ["content-headers-after-copy", "metadata-after-copy", "copyKeepsMetadata"],
  ["tagging-header-on-put", "tagging-header-on-upload", "taggingHeader"],
] as const)("probedCapabilities takes one no of %s and %s as a no for %s", (one, other, name) => {
  const documented = documentedCapabilities(aws);
  expect(probedCapabilities([yes(one), no(other)], documented)[name]).toBe(false);
  expect(probedCapabilities([no(one), yes(other)], documented)[name]).toBe(false);
});

describe("ETag form", () => {
  const forms = [
    { quoted: yes, bare: yes, found: "as documented" },
    { quoted: no, bare: no, found: "as documented" },
    { quoted: yes, bare: no, found: "quoted" },
    { quoted: no, bare: yes, found: "bare" },
  ] as const;

  test.each(forms)("is $found, according to the findings", ({ quoted, bare, found }) => {
    const findings = [quoted("put-if-match-quoted"), bare("put-if-match-bare")];
    for (const profile of [ovhcloud, aws]) {
      const documented = documentedCapabilities(profile);
      const expected = found === "as documented" ? documented.etagForm : found;
      const putIfMatch = (expected === "quoted" ? quoted : bare) === yes;
      expect(probedCapabilities(findings, documented)).toEqual({ ...documented, etagForm: expected, putIfMatch });
    }
    expect(documentedCapabilities(ovhcloud).etagForm).not.toBe(documentedCapabilities(aws).etagForm);
  });
});
