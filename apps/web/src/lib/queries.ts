import type { ListAssetsInput } from "@tintype/core/assets";
import type { Balance, Job } from "./api-types.ts";
import { type JobPages, keepNewerBalance, keepNewerJobs } from "./live-cache.ts";
import { untilRenewal } from "./stored-files.ts";
import { trpc } from "./trpc.ts";

type Cursor = { nextCursor: string | null };
const filesOf = (jobs: readonly Job[]) => jobs.flatMap(({ input, outputs }) => [input, ...outputs]);
const nextPage = ({ nextCursor }: Cursor) => nextCursor;

/** Who is signed in; null for a visitor. Asked once, then kept up to date by what the user does. */
export const meQuery = () => trpc.auth.me.queryOptions(undefined, { staleTime: 5 * 60_000 });

export const catalogueQuery = () =>
  trpc.catalogue.get.queryOptions(undefined, { staleTime: 10 * 60_000 });

export const balanceQuery = () =>
  trpc.credits.balance.queryOptions(undefined, {
    // The cache hands us what it knows without a type; both are balances by construction of the key.
    structuralSharing: (known, next) =>
      keepNewerBalance(known as Balance | undefined, next as Balance),
  });

export const jobsQuery = () =>
  trpc.jobs.list.infiniteQueryOptions(
    { limit: 12 },
    {
      getNextPageParam: nextPage,
      refetchInterval: ({ state: { data } }) =>
        untilRenewal(filesOf(data?.pages.flatMap(({ items }) => items) ?? []), Date.now()),
      structuralSharing: (known, next) =>
        keepNewerJobs(known as JobPages | undefined, next as JobPages),
    },
  );

export type AssetFilter = Pick<ListAssetsInput, "kind" | "mediaType">;

export const assetsQuery = (filter: AssetFilter) =>
  trpc.assets.list.infiniteQueryOptions(
    { ...filter, limit: 24 },
    {
      getNextPageParam: nextPage,
      refetchInterval: ({ state: { data } }) =>
        untilRenewal(data?.pages.flatMap(({ items }) => items) ?? [], Date.now()),
    },
  );

/** Each of these holds addresses that end, and asks for new ones before they do. */
export const assetQuery = (assetId: string) =>
  trpc.assets.get.queryOptions(
    { assetId },
    {
      refetchInterval: ({ state: { data } }) => untilRenewal(data ? [data] : [], Date.now()),
    },
  );

export const jobQuery = (jobId: string) =>
  trpc.jobs.get.queryOptions(
    { jobId },
    {
      refetchInterval: ({ state: { data } }) =>
        untilRenewal(filesOf(data ? [data] : []), Date.now()),
    },
  );
