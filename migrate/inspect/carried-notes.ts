import type { CarriedFacts, ClassChange } from "../model/object.js";

/** What of the carrying an auditor should know: what was given up, and that the object belongs to somebody else now. Pure. */
export function carriedNotes({ losses, owner, grants, newClass }: CarriedFacts): readonly string[] {
  const lost = [...losses.map(({ words }) => words), ...(newClass === undefined ? [] : [classWords(newClass)])];
  if (owner === undefined) return lost;
  const access = grants === null ? "has no grant on it any more" : "keeps full control by a grant";
  return [...lost, `its owner changed from ${owner.before} to ${owner.after}, and the former one ${access}`];
}

function classWords({ before, after }: ClassChange): string {
  return `its storage class was ${before}, and its copy has ${after}, as --restored-class asked`;
}
