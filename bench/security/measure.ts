/** What every bench of a text layer needs: shares in percent, and time by the processor's clock. */

export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((10_000 * part) / whole) / 100;
}

export function mean(numbers: readonly number[]): number {
  return numbers.length === 0
    ? 0
    : Math.round((100 * numbers.reduce((sum, number) => sum + number, 0)) / numbers.length) / 100;
}

/** Microseconds of processor time for each kibibyte of these texts: other processes on the machine do not count. */
export async function usPerKiB(texts: readonly string[], work: (text: string) => unknown): Promise<number> {
  for (const text of texts.slice(0, 50)) await work(text);
  const before = process.cpuUsage();
  for (const text of texts) await work(text);
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / (texts.join("").length / 1_024));
}
