/** What became of one half of a scheduled round. */
export type Round = { done: number; failures: readonly Error[]; users: number };

/**
 * A scheduled step, user by user. One whose step fails, now or every time, keeps nobody else from theirs.
 * @returns for how many users the step did something
 * @throws AggregateError after all have had their turn, with the errors of those whose step failed
 */
export const forEachUser = async (
  userIds: readonly string[],
  step: (userId: string) => Promise<boolean>,
): Promise<number> => concludeRounds(await roundOf(userIds, step));

/** The same, for a round that has another half: what failed is told by `concludeRounds` when all is done. */
export async function roundOf(
  userIds: readonly string[],
  step: (userId: string) => Promise<boolean>,
): Promise<Round> {
  let done = 0;
  const failures: Error[] = [];
  for (const userId of userIds) {
    try {
      if (await step(userId)) done += 1;
    } catch (error) {
      failures.push(new Error(`user ${userId}`, { cause: error }));
    }
  }
  return { done, failures, users: userIds.length };
}

/** @returns for how many users something was done @throws AggregateError when it failed for any, saying for how many */
export function concludeRounds(...rounds: Round[]): number {
  const failures = rounds.flatMap((round) => round.failures);
  const [done, users] = [sum(rounds, "done"), sum(rounds, "users")];
  if (failures.length === 0) return done;
  throw new AggregateError(failures, `${failures.length} of ${users} users failed`);
}

const sum = (rounds: readonly Round[], key: "done" | "users"): number =>
  rounds.reduce((total, round) => total + round[key], 0);
