/** Below this a slice could not be seen: one object of a million is the one that matters. */
const LEAST_PERCENT = 1;

/** Percentages of a bar for each figure; any figure above zero can be seen, at the cost of the larger ones. */
export function widths(figures: readonly number[]): readonly number[] {
  const sum = figures.reduce((total, figure) => total + figure, 0);
  if (sum === 0) {
    return figures.map(() => 0);
  }
  const raised = figures.map((figure) => (figure === 0 ? 0 : Math.max(LEAST_PERCENT, (figure / sum) * 100)));
  const total = raised.reduce((all, width) => all + width, 0);
  return raised.map((width) => (width / total) * 100);
}
