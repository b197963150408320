import { CREDITS } from "../../bench/requests.ts";
import type { Dice } from "../dice.ts";
import { isOfPerson } from "./deeds.ts";
import { type Choices, ownerOf, type Person } from "./person.ts";

/** A question, and what every true answer to it fulfils: what was acknowledged before it was asked is in it. */
export type Look = {
  procedure: string;
  input?: unknown;
  /** @returns what is wrong with the answer; null when nothing is */
  check: (data: never) => string | null;
};

const wrong = (what: string, data: unknown) => `${what}: ${JSON.stringify(data).slice(0, 300)}`;

type Balance = { available: number; held: number; version: number };

export const balance = (person: Person): Look => ({
  procedure: "credits.balance",
  check: checkBalance(person),
});

/** @param person as they are now: at least so much must be in an answer that comes later */
export function checkBalance(person: Person): (data: Balance) => string | null {
  const { total, version, asked, open } = person;
  return (data) => {
    const seen = data.available + data.held;
    const { n } = person;
    if (ownerOf(seen) !== n) return wrong(`foreign: balance of ${ownerOf(seen)} for ${n}`, data);
    if (seen < total) return wrong(`stale: ${n} has ${total}`, data);
    if (seen > person.totalWithComing) return wrong(`${n} has ${person.totalWithComing}`, data);
    if (data.version < version) return wrong(`stale: ${n} is at ${version}`, data);
    person.version = Math.max(person.version, data.version);
    const isQuiet = open === 0 && person.asked === asked;
    const held = (person.jobs.length - person.cancelled.size) * CREDITS;
    return isQuiet && (data.held !== held || seen !== person.total)
      ? wrong(`${n} holds ${held} of ${person.total}`, data)
      : null;
  };
}

type Line = { seq: number; jobId: string | null; reason: string | null };

function history(person: Person): Look {
  const { version } = person;
  return {
    procedure: "credits.history",
    input: { limit: 10 },
    check: ({ items }: { items: Line[] }) => {
      const isTheirs = ({ jobId, reason }: Line) =>
        jobId === null
          ? !reason?.startsWith("soak ") || reason === `soak ${person.n}`
          : jobId in person.account.jobs;
      const other = items.find((line) => !isTheirs(line));
      if (other) return wrong(`foreign: history of ${person.n}`, other);
      return (items[0]?.seq ?? 0) < version ? wrong(`stale: ${version} is known`, items[0]) : null;
    },
  };
}

type Job = { id: string; status: string; input: { id: string } | null };

function listJobs(person: Person): Look {
  const newest = person.jobs.at(-1);
  return {
    procedure: "jobs.list",
    input: { limit: 24 },
    check: ({ items }: { items: Job[] }) => {
      const other = items.find(
        (job) => !(job.id in person.account.jobs && isOfPerson(person, job)),
      );
      if (other) return wrong(`foreign: jobs of ${person.n}`, other);
      // Newer ones may be there by now, but not so many.
      const isThere = newest === undefined || items.some(({ id }) => id === newest);
      return isThere ? null : wrong(`stale: ${newest} is missing`, items[0]);
    },
  };
}

function getJob(person: Person, { pick }: Dice): Look | null {
  if (person.jobs.length === 0) return null;
  const jobId = pick(person.jobs);
  const wasCancelled = person.cancelled.has(jobId);
  return {
    procedure: "jobs.get",
    input: { jobId },
    check: (job: Job) => {
      if (job.id !== jobId || !isOfPerson(person, job)) return wrong(`foreign: job ${jobId}`, job);
      const mayBe = person.cancelled.has(jobId) || person.cancelling.has(jobId);
      const isRight = job.status === "cancelled" ? mayBe : job.status === "queued" && !wasCancelled;
      return isRight ? null : wrong(`stale: ${jobId} was cancelled: ${wasCancelled}`, job);
    },
  };
}

function getAsset(person: Person, { pick }: Dice): Look | null {
  if (person.uploads.length === 0) return null;
  const assetId = pick(person.uploads);
  return {
    procedure: "assets.get",
    input: { assetId },
    check: (asset: { id: string; fileName: string }) =>
      asset.id === assetId && asset.fileName === `${person.n}.png`
        ? null
        : wrong(`foreign: asset ${assetId} of ${person.n}`, asset),
  };
}

function me(person: Person): Look {
  const check = checkChoices(person, ["locale"]);
  return {
    procedure: "auth.me",
    check: (user: Choices & { id: string }) =>
      user?.id === person.userId ? check(user) : wrong(`foreign: I am ${person.n}`, user),
  };
}

const settings = (person: Person): Look => ({
  procedure: "settings.get",
  check: checkChoices(person, ["emailNotifications", "timeZone"]),
});

/** What it was when the question was asked, or what it was asked to be since. */
function checkChoices(person: Person, names: (keyof Choices)[]): (data: Choices) => string | null {
  const before = Object.fromEntries(names.map((name) => [name, [...person.possible[name]]]));
  return (data) => {
    const stale = names.find((name) => {
      const allowed: unknown[] = [...(before[name] ?? []), ...person.possible[name]];
      return !allowed.includes(data[name]);
    });
    return stale === undefined ? null : wrong(`stale: ${stale} of ${person.n}`, data);
  };
}

export function anyLook(person: Person, die: Dice): Look {
  const make = die.pick([
    balance,
    balance,
    history,
    listJobs,
    getJob,
    getJob,
    getAsset,
    me,
    settings,
  ]);
  return make(person, die) ?? balance(person);
}
