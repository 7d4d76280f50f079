/** The whole number that is written there, where it is one within its bounds. */
export function whole(written: string, { least, most }: { least: number; most: number }): number | null {
  const number = /^\d+$/.test(written.trim()) ? Number(written) : NaN;
  return number >= least && number <= most ? number : null;
}
