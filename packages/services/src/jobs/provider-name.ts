/**
 * What a job is called to its provider. Browsers make the ids of jobs and two users may have made the same one: by
 * the id alone, one of them would be given the other's pictures.
 */
export const providerNameOf = ({ userId, id }: { userId: string; id: string }): string =>
  `${userId}/${id}`;
