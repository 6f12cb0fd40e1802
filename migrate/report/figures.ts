import prettyBytes from "pretty-bytes";

// Written out rather than left to Intl: the same figure must give the same bytes on every Node and in every locale.

/** 2146 as "2,146". */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 object", "2,146 objects". */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

export function formatBytes(bytes: number): string {
  return prettyBytes(bytes, { space: true });
}

/** "2026-11-23 14:03:12 UTC"; anything that is no UTC instant stays as it is. */
export function formatInstant(instant: string): string {
  const found = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(instant);
  return found === null ? instant : `${found[1]} ${found[2]} UTC`;
}

/** "58 min 12 s"; of the two largest units only. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) {
    return `${(Math.floor(milliseconds / 100) / 10).toFixed(1)} s`;
  }
  return seconds < 3600
    ? `${Math.floor(seconds / 60)} min ${seconds % 60} s`
    : `${formatCount(Math.floor(seconds / 3600))} h ${Math.floor((seconds % 3600) / 60)} min`;
}
