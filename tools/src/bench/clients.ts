import { type Sample, sampleOf } from "./statistics.ts";

/** So many clients, each asking again as soon as it has its answer. A refusal ends the run: it is no measurement. */
export async function keepAsking(
  { clients, seconds }: { clients: number; seconds: number },
  ask: (client: number) => Promise<void>,
): Promise<Sample> {
  const latencies: number[] = [];
  const started = performance.now();
  const end = started + seconds * 1_000;
  const oneClient = async (client: number) => {
    let now = performance.now();
    while (now < end) {
      await ask(client);
      const answered = performance.now();
      latencies.push(answered - now);
      now = answered;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => oneClient(client)));
  return sampleOf(latencies, performance.now() - started);
}
