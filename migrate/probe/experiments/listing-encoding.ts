import { attempt } from "../attempt.js";
import { type Finding, no, notObservable, yes } from "../finding.js";
import type { ProbeSession, Sample } from "../probe-session.js";
import type { Experiment } from "./experiment.js";

const TOPIC = "listing-encoding";
/** A line break may be refused, which is no fault of a listing. */
const NAMES = ["plus+ and space", "percent%20", "line\nbreak"];

/** Do keys that XML or forms change come back from a listing as they were put? */
export const listingEncoding: Experiment = {
  topics: [TOPIC],
  run: async (session) => {
    const put: Sample[] = [];
    const refused: string[] = [];
    for (const name of NAMES) {
      const sample = await attempt(session.put(name));
      if (sample.kind === "accepted") put.push(sample.value);
      else refused.push(JSON.stringify(name));
    }
    return [await listed(session, put, refused)];
  },
};

async function listed(
  { store, bucket, folder }: ProbeSession,
  put: readonly Sample[],
  refused: readonly string[],
): Promise<Finding> {
  const { objects, keysEncoded } = await store.listObjects({ bucket, prefix: folder });
  if (objects.length === 0 && put.length > 0) return notObservable(TOPIC, "not-listed-yet");
  const keys = new Set(objects.map(({ key }) => key));
  const lost = put.filter(({ key }) => !keys.has(key)).map(({ key }) => JSON.stringify(key.slice(folder.length)));
  const but = refused.length > 0 ? `; PUT refuses ${refused.join(", ")}` : "";
  if (lost.length > 0) return no(TOPIC, "listObjects", `not among the keys: ${lost.join(", ")}${but}`);
  if (keysEncoded !== true) return no(TOPIC, "listObjects", `right, but not encoded: XML may change other keys${but}`);
  return yes(TOPIC, "listObjects", `encoded, and right${but}`);
}
