import type { InfiniteData } from "@tanstack/react-query";
import type { Balance, Job, JobPage } from "./api-types.ts";

export type JobPages = InfiniteData<JobPage, string | null>;

/** Messages and answers overtake each other; the higher version is the truth. */
export const newer = <T extends { version: number }>(known: T | undefined, next: T): T =>
  known && known.version > next.version ? known : next;

/** Puts the newest state of a job into the list: in its place, or in front when it is a new one. */
export function withJob(pages: JobPages | undefined, job: Job): JobPages | undefined {
  if (!pages) return pages;
  const known = pages.pages.some(({ items }) => items.some(({ id }) => id === job.id));
  const replace = (page: JobPage): JobPage => ({
    ...page,
    items: page.items.map((item) => (item.id === job.id ? newer(item, job) : item)),
  });
  const prepend = (page: JobPage, index: number): JobPage =>
    index === 0 ? { ...page, items: [job, ...page.items] } : page;
  return { ...pages, pages: pages.pages.map(known ? replace : prepend) };
}

/** A list that was asked for before a live message arrived must not undo the message. */
export function keepNewerJobs(known: JobPages | undefined, next: JobPages): JobPages {
  const versions = new Map(known?.pages.flatMap(({ items }) => items.map((job) => [job.id, job])));
  return {
    ...next,
    pages: next.pages.map((page) => ({
      ...page,
      items: page.items.map((job) => newer(versions.get(job.id), job)),
    })),
  };
}

export const keepNewerBalance = (known: Balance | undefined, next: Balance): Balance =>
  newer(known, next);
