import { beginsInvisibly } from "../../model/text.js";

// What a spreadsheet may take for a formula, in ASCII and full width, also behind blanks that it trims; and the
// apostrophe itself, so that the rule can be undone.
const NEEDS_APOSTROPHE = /^[\s'=+\-@＝＋－＠﹢﹣﹦﹫]/;

/**
 * A text cell that no spreadsheet runs. One rule, with one way back: a cell that begins with an apostrophe lost
 * nothing but gained that apostrophe; any other cell is as it was.
 */
export function neutraliseFormula(text: string): string {
  return NEEDS_APOSTROPHE.test(text) || beginsInvisibly(text) ? `'${text}` : text;
}

/** The value that a cell stands for. */
export function undoNeutraliseFormula(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}
