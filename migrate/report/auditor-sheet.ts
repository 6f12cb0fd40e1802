import type { RunRecord } from "../journal/run-record.js";
import { runFacts } from "./facts.js";
import { ENGLISH, firstFew, type Language, type Sentence } from "./language.js";
import { closingWords, unprovenCount } from "./not-seen.js";
import { type Fact, rounded } from "./run-words.js";
import type { Summary, Totals } from "./summary.js";

/** The last page of a report, for a reviewer to fill in by hand. Words are as recorded: escape them for the output format. */
export interface AuditorSheet {
  readonly title: string;
  readonly lead: string;
  /** Labels of the fields to fill in by hand. */
  readonly blanks: readonly string[];
  readonly scopeTitle: string;
  readonly scope: readonly string[];
  readonly samplingTitle: string;
  readonly sampling: readonly string[];
  readonly glossaryTitle: string;
  readonly glossary: readonly Fact[];
  readonly signaturesTitle: string;
  /** Who signs, and what each of them fills in. */
  readonly signers: readonly string[];
  readonly signatureFields: readonly string[];
}

export function auditorSheet(summary: Summary, run: RunRecord, lang = ENGLISH): AuditorSheet {
  const { say } = lang;
  return {
    title: say("Auditor's sheet"),
    lead: say(
      "To be filled in by hand. What is printed here follows from the run; the blanks are not part of its evidence.",
    ),
    blanks: [say("Prepared by"), say("Prepared for"), say("Reviewed on"), say("Purpose of the review")],
    scopeTitle: say("Scope"),
    scope: scopeStatement(summary, run, lang),
    samplingTitle: say("Sampling"),
    sampling: samplingStatement(summary, run, lang),
    glossaryTitle: say("Words of this report"),
    glossary: Object.values(GLOSSARY).map(([term, meaning]) => [say(term), say(meaning)]),
    signaturesTitle: say("Signatures"),
    signers: [say("Prepared by"), say("Reviewed by")],
    signatureFields: [say("Name"), say("Signature"), say("Date")],
  };
}

const MAX_SCOPES = 10;
/** The facts of the run that bound its scope, as `runFacts` labels them. */
const BOUNDS = ["Versions", "Filters"] as const satisfies readonly Sentence[];

function scopeStatement({ total, scopes }: Summary, run: RunRecord, lang: Language): string[] {
  const { say, instant } = lang;
  const [first, last] = [run.sessions[0], run.sessions.at(-1)];
  const names = scopes.map(({ bucket, prefix }) => `s3://${bucket}/${prefix}`);
  const older = total.noncurrent?.listed;
  const bounds = BOUNDS.map((label) => say(label));
  return [
    say("{n} {n|location|locations} at {endpoint} ({provider}, region {region}): {list}.", {
      n: scopes.length,
      endpoint: run.endpoint,
      provider: run.provider,
      region: run.region,
      list: firstFew(names, MAX_SCOPES, lang),
    }),
    say("{n} current {n|object|objects}{older} listed{from}{to}.", {
      n: total.listed,
      older: older === undefined ? "" : say(" and {n} noncurrent {n|version|versions}", { n: older }),
      from: first === undefined ? "" : say(" from {at}", { at: instant(first.startedAt) }),
      to: last?.endedAt ? say(" to {at}", { at: instant(last.endedAt) }) : "",
    }),
    ...runFacts(run, lang)
      .filter(([label]) => bounds.includes(label))
      .map(([label, words]) => say("{label}: {words}.", { label, words })),
    ...(total.notSeen === undefined
      ? []
      : [say("{n} {n|location|locations} not seen, and not part of the figures.", { n: total.notSeen })]),
  ];
}

/** Which objects were not read one by one, and how they were chosen. */
function samplingStatement({ total }: Summary, run: RunRecord, lang: Language): string[] {
  const { say } = lang;
  const { baseline } = run;
  const { evidenceNow, arrivals } = total;
  const ofBaseline = evidenceNow.baseline?.objects ?? 0;
  const ofInventory = evidenceNow.inventory?.objects ?? 0;
  const unproven = unprovenCount(total);
  return [
    ...countedStatement(total, run, lang),
    ...(baseline !== undefined && ofBaseline > 0
      ? [
          say(
            "{n} {n|object|objects} unchanged since an earlier, verified run: their state is from that run. One in {oneOf} of them, at random, was read again (seed {seed}).",
            { n: ofBaseline, oneOf: rounded(baseline.oneOf, lang), seed: String(baseline.seed) },
          ),
        ]
      : []),
    ...(ofInventory > 0
      ? [
          say("{n} {n|object|objects} not read one by one: their state is from an inventory of the store.", {
            n: ofInventory,
          }),
        ]
      : []),
    ...(unproven > 0
      ? [say("{n} {n|object|objects} not proven by the store's own answer about them.", { n: unproven })]
      : []),
    ...(arrivals === undefined || arrivals.younger === 0
      ? []
      : [
          say("{n} {n|object|objects} written during the run: {sampled} of them, at random, were read.", {
            n: arrivals.younger,
            sampled: arrivals.sampled,
          }),
        ]),
  ];
}

/** Which objects the figures count. Only totals that add up without filters count all of the scope. */
function countedStatement(total: Totals, { keyManifest }: RunRecord, lang: Language): string[] {
  const { say } = lang;
  const { closes, filteredOut: n } = total;
  const limits = [
    ...(keyManifest === undefined
      ? []
      : [say("The figures count the objects that the given list names, and no others.")]),
    ...(closes ? [] : [closingWords(total, lang)]),
    ...(n === 0 ? [] : [say("{n} {n|object|objects} excluded by the filters of this run.", { n })]),
  ];
  return limits.length > 0
    ? limits
    : [say("The figures count every object of the scope that the store lists. They are no estimate from a sample.")];
}

type Term =
  | "sealed"
  | "canary"
  | "probe"
  | "scope"
  | "guard"
  | "run-folder"
  | "journal"
  | "baseline"
  | "key-manifest"
  | "evidence";

const GLOSSARY = {
  sealed: [
    "Sealed",
    "the run is complete, its totals add up, every object was seen to be encrypted, and each bucket encrypts new objects by default",
  ],
  canary: ["Canary", "a test object that is copied and read back before the first real one"],
  probe: ["Probe", "experiments on test objects that show what the store can do"],
  scope: ["Scope", "the buckets and key prefixes that the run covers"],
  guard: ["Guard", "the condition of a copy that keeps another writer's change from being lost"],
  "run-folder": ["Run folder", "the files that a run leaves; manifest.json has the hash of each of them"],
  journal: [
    "Journal",
    "one line for each object version, written to disk before the next step; all reports are made from it",
  ],
  baseline: ["Baseline", "an earlier, verified run whose findings about unchanged objects an audit takes over"],
  "key-manifest": ["Key manifest", "a list of objects that a run was limited to"],
  evidence: ["Evidence", "what a state was read from, such as the store's answer to a HEAD request"],
} as const satisfies Readonly<Record<Term, readonly [Sentence, Sentence]>>;
