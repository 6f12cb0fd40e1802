const WINDOW_MS = 30_000;
const SAMPLE_EVERY_MS = 500;

/** Objects a second over the last half minute, so that it follows a store that slows down. */
export function recentRate(startMs: number): (nowMs: number, done: number) => number {
  const samples = [{ atMs: startMs, done: 0 }];
  return (nowMs, done) => {
    const last = samples.at(-1);
    if (last === undefined || nowMs - last.atMs >= SAMPLE_EVERY_MS) samples.push({ atMs: nowMs, done });
    while (samples.length > 2 && nowMs - (samples[1]?.atMs ?? nowMs) >= WINDOW_MS) samples.shift();
    const [first] = samples;
    const seconds = (nowMs - (first?.atMs ?? nowMs)) / 1000;
    return seconds > 0 ? Math.round((done - (first?.done ?? 0)) / seconds) : 0;
  };
}
