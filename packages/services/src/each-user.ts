/**
 * A scheduled step, user by user. One whose step fails, now or every time, keeps nobody else from theirs.
 * @returns for how many users the step did something
 * @throws AggregateError after all have had their turn, with the errors of those whose step failed
 */
export async function forEachUser(
  userIds: readonly string[],
  step: (userId: string) => Promise<boolean>,
): Promise<number> {
  let done = 0;
  const failures: unknown[] = [];
  for (const userId of userIds) {
    try {
      if (await step(userId)) done += 1;
    } catch (error) {
      failures.push(new Error(`user ${userId}`, { cause: error }));
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} of ${userIds.length} users failed`);
  }
  return done;
}
