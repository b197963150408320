import { medianSample, type Sample } from "./statistics.ts";

export type Contestant = {
  name: string;
  run: (seconds: number) => Promise<Sample>;
};

/**
 * Everybody runs once in every round, one after another: what the machine does beside us, a checkpoint or a neighbour,
 * then hits all alike and falls out of the medians.
 */
export async function runRounds(
  contestants: readonly Contestant[],
  { rounds, seconds }: { rounds: number; seconds: number },
  onSample: (name: string, round: number, sample: Sample) => void = () => undefined,
): Promise<Map<string, Sample>> {
  const samples = new Map<string, Sample[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const { name, run } of contestants) {
      const sample = await run(seconds);
      samples.get(name)?.push(sample);
      onSample(name, round, sample);
    }
  }
  return new Map([...samples].map(([name, each]) => [name, medianSample(each)]));
}
