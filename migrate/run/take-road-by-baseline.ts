import { voidJournal } from "../compare/baseline.js";
import { BaselineContradicted } from "../compare/sample.js";
import { NOT_STARTED } from "../journal/resume.js";
import { writeRunRecord } from "../journal/run-folder.js";
import type { RunRecord } from "../journal/run-record.js";
import type { Connection } from "./connect.js";
import type { Session } from "./session.js";
import { type RoadTools, type RunEnd, takeRoad } from "./take-road.js";

/** Takes the road by a baseline, and from its beginning without one where a sampled object contradicts it. */
export async function takeRoadByBaseline(
  session: Session,
  connection: Connection,
  run: RunRecord,
  tools: RoadTools,
): Promise<{ readonly run: RunRecord; readonly end: RunEnd }> {
  try {
    return { run, end: await takeRoad(session, connection, run, tools) };
  } catch (thrown) {
    if (!(thrown instanceof BaselineContradicted) || run.baseline === undefined) throw thrown;
    const { contradiction } = thrown;
    const dropped = { ...run, baseline: { ...run.baseline, dropped: contradiction } };
    // In this order: after a kill in between it is known that what the journal holds does not count.
    await writeRunRecord(session.runDir, dropped);
    await voidJournal(session.runDir);
    tools.onEvent({ kind: "baseline-dropped", contradiction });
    const afresh = { ...session, progressOf: () => NOT_STARTED };
    return {
      run: dropped,
      end: await takeRoad(afresh, connection, dropped, { ...tools, files: { ...tools.files, baseline: null } }),
    };
  }
}
