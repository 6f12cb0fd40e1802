import { visibleText } from "../report/visible-text.js";

/** One thing that is not as the run left it, or that the run folder says against itself. */
export type Finding =
  | { readonly kind: "manifest-missing"; readonly path: string }
  | { readonly kind: "manifest-invalid"; readonly path: string; readonly problem: string }
  | { readonly kind: "file-changed"; readonly path: string; readonly problem: string }
  | { readonly kind: "file-missing"; readonly path: string }
  | { readonly kind: "file-extra"; readonly path: string }
  | { readonly kind: "file-invalid"; readonly path: string; readonly problem: string }
  | { readonly kind: "run-not-ended"; readonly path: string; readonly command: string }
  | { readonly kind: "line-cut-off"; readonly path: string; readonly line: number }
  | { readonly kind: "line-invalid"; readonly path: string; readonly line: number; readonly problem: string }
  | { readonly kind: "line-contradicts-itself"; readonly path: string; readonly line: number; readonly problem: string }
  | { readonly kind: "line-out-of-scope"; readonly path: string; readonly line: number; readonly problem: string }
  | { readonly kind: "more-lines"; readonly path: string; readonly count: number }
  | { readonly kind: "summary-differs"; readonly path: string; readonly problem: string }
  | { readonly kind: "totals-open"; readonly path: string; readonly problem: string }
  | { readonly kind: "report-differs"; readonly path: string };

export type FindingKind = Finding["kind"];

const WORDS: { readonly [K in FindingKind]: (finding: Extract<Finding, { kind: K }>) => string } = {
  "manifest-missing": () => "there is no manifest, so nothing says what the files were",
  "manifest-invalid": ({ problem }) => `the manifest cannot be read: ${problem}`,
  "file-changed": ({ problem }) => `changed since the manifest was written: ${problem}`,
  "file-missing": () => "missing",
  "file-extra": () => "not named by the manifest",
  "file-invalid": ({ problem }) => `cannot be read: ${problem}`,
  "run-not-ended": ({ command }) =>
    `the run has not ended, or was killed: go on with it by bucketseal ${command} --resume --out and this folder; its reports are made then`,
  "line-cut-off": ({ line }) =>
    `line ${line} was cut off when the run was killed, and nobody was told that it was written: a resumed run leaves it out`,
  "line-invalid": ({ line, problem }) => `line ${line} is no journal record: ${problem}`,
  "line-contradicts-itself": ({ line, problem }) => `line ${line} contradicts itself: ${problem}`,
  "line-out-of-scope": ({ line, problem }) => `line ${line} is outside the scope of the run: ${problem}`,
  "more-lines": ({ count }) => `${count} more lines are wrong`,
  "summary-differs": ({ problem }) => `differs from what the journal adds up to: ${problem}`,
  "totals-open": ({ problem }) => `the totals do not close: ${problem}`,
  "report-differs": () => "differs from what the journal gives",
};

/** The finding as one line, the file first; safe to print whatever the file's name is. */
export function findingWords(finding: Finding): string {
  const words = WORDS[finding.kind] as (finding: Finding) => string;
  return visibleText(`${finding.path}: ${words(finding)}`);
}
