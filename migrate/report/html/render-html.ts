import type { RunRecord } from "../../journal/run-record.js";
import { caveats } from "../caveats.js";
import { remains } from "../remains/remains.js";
import type { ReportSource } from "../report-source.js";
import type { Survey } from "../survey.js";
import { verdict } from "../verdict.js";
import type { Markup } from "./markup.js";
import { pageEnd, pageStart } from "./page.js";
import { breakdownSection } from "./section/breakdowns.js";
import { bucketSection } from "./section/buckets.js";
import { contents } from "./section/contents.js";
import { controlSection } from "./section/controls.js";
import { evidenceSection } from "./section/evidence.js";
import { exceptionSection } from "./section/exceptions.js";
import { fileSection } from "./section/files.js";
import { limitSection } from "./section/limits.js";
import { factSection, masthead } from "./section/masthead.js";
import { noncurrentSection } from "./section/noncurrent.js";
import { reasonSection } from "./section/reasons.js";
import { remainsSection } from "./section/remains.js";
import { scopeSection } from "./section/scopes.js";
import { settingSection } from "./section/settings.js";
import { stateSection } from "./section/states.js";
import { totalSection } from "./section/totals.js";

/** report.html: one file that needs nothing else, in pieces. */
export function* renderHtml({ run, survey }: Omit<ReportSource, "readJournal">): Generator<string> {
  for (const { markup } of page(run, survey)) {
    yield markup;
  }
}

function* page(run: RunRecord, survey: Survey): Generator<Markup> {
  const { summary, exceptions, versionExceptions, guards } = survey;
  const { total } = summary;
  const judged = verdict(summary, run);
  yield pageStart(judged.headline);
  yield masthead(run, summary, judged);
  yield remainsSection(remains(summary, run));
  yield limitSection(caveats(summary, run));
  yield contents(survey);
  yield factSection(run);
  yield totalSection(total);
  yield stateSection(total);
  yield breakdownSection(summary);
  yield noncurrentSection(total.noncurrent, versionExceptions);
  yield reasonSection(total);
  yield evidenceSection(total, guards);
  yield bucketSection(run.buckets);
  yield scopeSection(summary);
  yield controlSection(summary, run);
  yield settingSection(run);
  yield fileSection();
  // Last, since it may go on for pages.
  yield* exceptionSection(exceptions, versionExceptions);
  yield pageEnd(run);
}
